"""Taking out who is in a segment: who may, who is left out, and that it is on the ledger."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from fairboard.crm.queries.access import visible_fields
from fairboard.crm.queries.records import check_permission, readable, records_by_id
from fairboard.crm.queries.standing import held_records
from fairboard.crm.services import standing
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.kit.spreadsheets import disarmed
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events
from fairboard.marketing.models import SegmentMember
from fairboard.marketing.queries import segments as queries

CHUNK = 500


def taken_out(*, segment_id: str, actor: Actor, at: datetime) -> tuple[list[str], Iterator[list[str]]]:
    """The headings and the rows of who is in a segment, as the actor may see them.

    Who belongs to an account on hold is left out, and that is written down. Raises Forbidden, NotFound.
    """
    check_permission(actor, "export")
    row = queries.segment(actor=actor, segment_id=segment_id)
    seat, info = readable(actor, row.type_key)
    keys = [key for key in visible_fields(seat, info) if info.fields[key].kind != "relation"]
    members = SegmentMember.objects.filter(segment_id=row.pk).order_by("record_id")
    ids = list(members.values_list("record__public_id", flat=True))
    held: dict[str, list[str]] = {}
    for start in range(0, len(ids), CHUNK):
        held |= held_records(ids[start : start + CHUNK], at=at)
    accounts = sorted({one for found in held.values() for one in found})
    standing.refuse(accounts=accounts, act="segment.export", actor=actor, at=at, source=f"segment {segment_id}")
    with transaction.atomic():
        record(
            kind=events.SEGMENT_EXPORTED, subject=Subject("segment", segment_id), actor=actor, at=at,
            data={"size": len(ids) - len(held), "held": len(held)},
        )  # fmt: skip
    heading = ["id", "name", *(str(info.fields[key].label) for key in keys)]

    def rows() -> Iterator[list[str]]:
        for start in range(0, len(ids), CHUNK):
            part = [one for one in ids[start : start + CHUNK] if one not in held]
            found = records_by_id(actor=actor, ids=part)
            for one in part:
                if one in found:
                    values = [_text(info.fields[key], found[one].values.get(key)) for key in keys]
                    yield [one, disarmed(found[one].name), *values]

    return heading, rows()


def _text(field: Any, value: Any) -> str:
    if value is None:
        return ""
    return str(value) if field.type in {"number", "money"} else str(disarmed(shown(field, value)))
