"""Duplicates: who enters a record is asked first, all records of a type are compared, pairs are dismissed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, matching
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import DuplicatePair, DuplicateScan, Record
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.duplicates import candidates
from fairboard.crm.queries.records import check_permission, may, readable
from fairboard.crm.services.match_keys import NOT_COMPARED, keep_missing
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Entry, Subject, record, record_many

ASKED = frozenset({"page", "api"})
"""Where a person waits who can answer; programs are not asked."""
MOST_ASKED = 20
LARGEST_BLOCK = 40
"""What more records share says nothing of them: the switchboard of a large firm, a common name in a large town."""
PART = 20_000
RUN = tasks.expect("crm.search_duplicates")
Item = TypeVar("Item")


class PossibleDuplicate(Conflict):
    """The record may be there already: ``candidates`` says which; saying so again with ``override`` creates it."""

    code = "possible-duplicate"


def ask_first(batch: Batch) -> None:
    """The guard of entering: raises PossibleDuplicate when a record is likely there already."""
    if batch.override or batch.source not in ASKED or batch.type.key in NOT_COMPARED or batch.actor.kind == "system":
        return
    new = [row for row in batch.rows if row.is_new]
    if not new or len(new) > MOST_ASKED:
        return
    seat = seat_of(batch.actor)
    for row in new:
        found = candidates(batch.type, row.after, seat=seat, name=row.record.name, least=matching.LIKELY)
        if found:
            raise PossibleDuplicate(
                _("This may be there already: %(names)s.") % {"names": ", ".join(one.name for one in found)},
                candidates=[
                    {"id": one.id, "type": one.type_key, "name": one.name, "score": one.score,
                     "reasons": list(one.reasons)}
                    for one in found
                ],
            )  # fmt: skip


def ask_for_search(*, type_key: str, actor: Actor, at: datetime, enqueue: bool = True) -> str:
    """Have all records of a type compared in the background; returns the search's id. Raises Forbidden, Conflict."""
    check_permission(actor, "merge")
    _seat, info = readable(actor, type_key)
    if info.key in NOT_COMPARED:
        raise Invalid(_("Records of this type are not compared."), field="type")
    with transaction.atomic():
        if DuplicateScan.objects.filter(type_key=info.key, state__in=["queued", "running"]).exists():
            raise Conflict(_("This search is running."))
        row = DuplicateScan.objects.create(type_key=info.key, actor_id=actor.id, created_at=at)
        record(kind=events.SCANNED, subject=Subject("crm.search", row.public_id), actor=actor, at=at,
               data={"type": info.key})  # fmt: skip
        if enqueue:
            tasks.enqueue(RUN, scan_id=row.public_id)
    return row.public_id


def search(*, scan_id: str, at: datetime) -> int:
    """Compare all records of a type that share something; returns how many pairs are alike. Safe to run again."""
    scan = DuplicateScan.objects.filter(public_id=scan_id).exclude(state="done").first()
    info = catalogue().types.get(scan.type_key) if scan else None
    if scan is None or info is None:
        return 0
    DuplicateScan.objects.filter(pk=scan.pk).update(state="running")
    keep_missing(info)
    found = 0
    near = _sharing(info)
    for part in _parts(near, PART):
        alike = _scored(info, part)
        found += len(alike)
        with transaction.atomic():
            _keep(info, alike, at)
            DuplicateScan.objects.filter(pk=scan.pk).update(pairs=found)
    with transaction.atomic():
        DuplicatePair.objects.filter(type_id=info.id, state="open", found_at__lt=at).delete()
        count = Record.objects.filter(type_id=info.id, deleted_at=None).count()
        DuplicateScan.objects.filter(pk=scan.pk).update(state="done", records=count, pairs=found, finished_at=at)
    return found


def _sharing(info: TypeInfo) -> list[tuple[int, int]]:
    """Every two records of a type that share a key, once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT one.record_id, other.record_id FROM"
            " (SELECT value FROM crm_matchkey GROUP BY value HAVING COUNT(*) BETWEEN 2 AND %s) shared"
            " JOIN crm_matchkey one ON one.value = shared.value"
            " JOIN crm_matchkey other ON other.value = shared.value AND other.record_id > one.record_id"
            f" JOIN crm_record ON crm_record.id = one.record_id AND crm_record.type_id = {info.id:d}"
            " AND crm_record.deleted_at IS NULL ORDER BY 1, 2",
            [LARGEST_BLOCK],
        )
        return [(one, other) for one, other in cursor.fetchall()]


def _scored(info: TypeInfo, near: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, list[str]]]:
    wanted, marks = sorted({pk for pair in near for pk in pair}), dict[int, matching.Marks]()
    for pks in _parts(wanted, 500):
        rows = Record.objects.filter(pk__in=pks, type_id=info.id, deleted_at=None).values_list("pk", "name", "data")
        marks.update((pk, matching.marks_of(info, name, data)) for pk, name, data in rows)
    alike = []
    for one, other in near:
        if one in marks and other in marks:
            score, reasons = matching.score(marks[one], marks[other])
            if score >= matching.POSSIBLE:
                alike.append((one, other, score, reasons))
    return alike


def _keep(info: TypeInfo, alike: list[tuple[int, int, int, list[str]]], at: datetime) -> None:
    """Keep the pairs; what somebody dismissed stays dismissed."""
    for part in _parts(alike, 500):
        rows = [
            DuplicatePair(type_id=info.id, first_id=one, second_id=other, score=score, reasons=reasons, found_at=at)
            for one, other, score, reasons in part
        ]
        DuplicatePair.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["first", "second"],
            update_fields=["score", "reasons", "found_at"],
        )  # fmt: skip


def _parts(found: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (found[start : start + size] for start in range(0, len(found), size))


def dismiss(*, pair_id: str, actor: Actor, at: datetime) -> None:
    """Say that two records are not the same. Raises NotFound, Forbidden."""
    seat = check_permission(actor, "merge")
    row = DuplicatePair.objects.select_related("first", "second").filter(public_id=pair_id).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    both: list[Any] = [row.first, row.second] if row else []
    if row is None or info is None or not all(may(seat, info, one, "read") for one in both):
        raise NotFound(_("There is no such pair."))
    if not all(may(seat, info, one, "edit") for one in both):
        raise Forbidden(_("You may not change these records."))
    with transaction.atomic():
        DuplicatePair.objects.filter(pk=row.pk).update(state="dismissed")
        entries = [
            Entry(events.DISMISSED, Subject(f"crm.{info.key}", one.public_id), {"other": other.public_id})
            for one, other in (both, both[::-1])
        ]
        record_many(entries=entries, actor=actor, at=at)
