"""Records that may be the same thing: for one that is being entered, for one that is there, and found pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import matching, values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import DuplicatePair, DuplicateScan, MatchKey, Record
from fairboard.crm.queries.access import SYSTEM_SEAT, SeatInfo, seat_of
from fairboard.crm.queries.records import RecordRow, check_permission, readable, records_by_id, selected
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import NotFound

MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that may be the same: ``score`` 0 to 100, why (keys of `told`)."""

    id: str
    type_key: str
    name: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two records that are alike, both of which the actor sees."""

    id: str
    first: RecordRow
    second: RecordRow
    score: int
    reasons: tuple[str, ...]
    state: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A search for duplicates and how far it is."""

    id: str
    type_key: str
    state: str
    records: int
    pairs: int
    message: str
    created_at: datetime
    finished_at: datetime | None


def candidates(
    info: TypeInfo, given: Mapping[str, Any], *, seat: SeatInfo = SYSTEM_SEAT, name: str = "", exclude: int = 0,
    most: int = 5, least: int = matching.POSSIBLE,
) -> list[Candidate]:  # fmt: skip
    """The records the seat sees that may be what these values (as records keep them) describe, the likeliest first."""
    marks = matching.marks_of(info, name or values.name_of(info, given), given)
    keys = matching.keys_of(info.id, marks)
    near = set(MatchKey.objects.filter(value__in=keys).values_list("record_id", flat=True)[:MOST_LOOKED_AT]) - {exclude}
    if not near:
        return []
    found = []
    for row in selected(seat, info, None).filter(pk__in=near):
        score, reasons = matching.score(marks, matching.marks_of(info, row.name, row.data))
        if score >= least:
            found.append(Candidate(row.public_id, info.key, row.name, score, tuple(reasons)))
    return sorted(found, key=lambda one: (-one.score, one.name))[:most]


def like(*, record_id: str, actor: Actor, most: int = 5) -> list[Candidate]:
    """The records that may be the same as one that is there, without pairs somebody dismissed. Raises NotFound."""
    seat = seat_of(actor)
    row = Record.objects.filter(public_id=record_id, deleted_at=None).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    if row is None or info is None or not selected(seat, info, None).filter(pk=row.pk).exists():
        raise NotFound(_("There is no such record."))
    dismissed = {
        other
        for pair in DuplicatePair.objects.filter(Q(first=row) | Q(second=row), state="dismissed").values_list(
            "first__public_id", "second__public_id"
        )
        for other in pair
    }
    found = candidates(info, row.data, seat=seat, name=row.name, exclude=row.pk, most=most + len(dismissed))
    return [one for one in found if one.id not in dismissed][:most]


def pairs(*, actor: Actor, type_key: str, state: str = "open", cursor: str = "", size: int = 30) -> Page[PairRow]:
    """Pairs that were found, the likeliest first; only those of which the actor sees both. Raises Forbidden."""
    check_permission(actor, "merge")
    _seat, info = readable(actor, type_key)
    found = DuplicatePair.objects.filter(
        type_id=info.id, state=state, first__deleted_at=None, second__deleted_at=None
    ).select_related("first", "second").order_by("-score", "-pk")  # fmt: skip
    if cursor:
        score, pk = decode_cursor(cursor, [int, int])
        found = found.filter(Q(score__lt=score) | Q(score=score, pk__lt=pk))
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].score, rows[size - 1].pk) if len(rows) > size else ""
    seen = records_by_id(actor=actor, ids={one.public_id for row in rows for one in (row.first, row.second)})
    shown = [row for row in rows[:size] if row.first.public_id in seen and row.second.public_id in seen]
    return Page([_pair(row, seen) for row in shown], next_cursor=more)


def _pair(row: DuplicatePair, seen: Mapping[str, RecordRow]) -> PairRow:
    return PairRow(
        row.public_id, seen[row.first.public_id], seen[row.second.public_id], row.score, tuple(row.reasons), row.state,
        row.found_at,
    )  # fmt: skip


def scans(*, actor: Actor, size: int = 10) -> Sequence[ScanRow]:
    """The last searches. Raises Forbidden."""
    check_permission(actor, "merge")
    return [
        ScanRow(one.public_id, one.type_key, one.state, one.records, one.pairs, one.message, one.created_at,
                one.finished_at)
        for one in DuplicateScan.objects.order_by("-pk")[:size]
    ]  # fmt: skip


def told(reasons: Sequence[str]) -> list[str]:
    """Reasons in words."""
    words = {
        "register": _("same register number"), "vat": _("same VAT number"), "email": _("same e-mail"),
        "phone": _("same phone"), "site": _("same website"), "name": _("same name"), "alike": _("similar name"),
        "city": _("same place"),
    }  # fmt: skip
    return [words[one] for one in reasons if one in words]
