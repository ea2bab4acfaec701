"""Creating, changing and removing records, one or several at a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, hooks, values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Change, Link, Record
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.records import RecordRow, may, record, records_by_id, selected
from fairboard.crm.services import rollups, writing
from fairboard.crm.services.standing import refusals_recorded
from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, NotFound
from fairboard.ledger.services import Entry, record_many
from fairboard.people import queries as people

IN_BIN = timedelta(days=30)
"""How long a deleted record can be taken back."""


class Stale(Conflict):
    """The record was changed by somebody else since it was read; ``version`` is the present one."""

    code = "stale"


def create_record(
    *, type_key: str, values: Mapping[str, Any], actor: Actor, at: datetime, owner_id: str | None = None,
    record_type: str | None = None, source: str = "page", override: bool = False,
) -> RecordRow:  # fmt: skip
    """Create a record of a type. Raises Forbidden, NotFound, Invalid, Duplicate, and what a guard raises.

    ``override`` is said by who has seen the candidates of a PossibleDuplicate and wants the record all the same.
    """
    (found,) = create_records(
        type_key=type_key, rows=[values], actor=actor, at=at, owner_id=owner_id, record_type=record_type, source=source,
        override=override,
    )  # fmt: skip
    return found


def create_records(
    *, type_key: str, rows: Sequence[Mapping[str, Any]], actor: Actor, at: datetime, owner_id: str | None = None,
    record_type: str | None = None, source: str = "page", override: bool = False,
) -> list[RecordRow]:  # fmt: skip
    """Create records of one type, all or none. Raises as `create_record`."""
    seat, info = seat_of(actor), catalogue().type(type_key)
    if not seat.on(type_key).create:
        raise Forbidden(_("You may not create %(type)s.") % {"type": info.plural})
    _check_owner(owner_id)
    with refusals_recorded(actor=actor, at=at, source=source), transaction.atomic():
        plans = []
        for given in rows:
            parsed = _parsed(seat, info, given, record_type or "")
            draft = writing.Draft(parsed, owner_id=owner_id, record_type=record_type)
            plans.append(writing.plan(info, draft, actor=actor, at=at))
        done = writing.write(info, plans, seat=seat, actor=actor, at=at, source=source, override=override)
        found = records_by_id(actor=Actor.system("crm"), ids=[one.record.public_id for one in done])
    return [found[one.record.public_id] for one in done]


def update_record(
    *, record_id: str, values: Mapping[str, Any], actor: Actor, at: datetime, expected_version: int | None = None,
    owner_id: str | None = None, record_type: str | None = None, source: str = "page",
) -> RecordRow:  # fmt: skip
    """Change some values of a record. Raises NotFound, Forbidden, Invalid, Stale, Duplicate, what a guard raises."""
    update_records(
        record_ids=[record_id], values=values, actor=actor, at=at, owner_id=owner_id, record_type=record_type,
        source=source, expected_versions={} if expected_version is None else {record_id: expected_version},
    )  # fmt: skip
    return record(actor=actor, record_id=record_id)


def update_records(
    *, record_ids: Sequence[str], values: Mapping[str, Any], actor: Actor, at: datetime, owner_id: str | None = None,
    record_type: str | None = None, source: str = "bulk", expected_versions: Mapping[str, int] | None = None,
    entry: Entry | None = None,
) -> list[Written]:  # fmt: skip
    """Give many records of one type the same values, all or none; returns those that changed."""
    _check_owner(owner_id)
    with refusals_recorded(actor=actor, at=at, source=source), transaction.atomic():
        seat, info, rows = _editable(record_ids, actor, "edit")
        for row in rows:
            expected = (expected_versions or {}).get(row.public_id)
            if expected is not None and expected != row.version:
                raise Stale(_("Somebody else has changed this in the meantime."), version=row.version)
        plans = []
        for row in rows:
            parsed = _parsed(seat, info, values, record_type or row.record_type)
            draft = writing.Draft(parsed, record=row, owner_id=owner_id, record_type=record_type)
            plans.append(writing.plan(info, draft, actor=actor, at=at))
        return writing.write(info, plans, seat=seat, actor=actor, at=at, source=source, entry=entry)


def delete_records(*, record_ids: Sequence[str], actor: Actor, at: datetime, source: str = "page") -> int:
    """Put records of one type into the bin, from which they can be taken for 30 days; returns how many."""
    with refusals_recorded(actor=actor, at=at, source=source), transaction.atomic():
        _seat, info, rows = _editable(record_ids, actor, "delete")
        batch = Batch(
            info, [Written(row, dict(row.data), {}, frozenset({"deleted"}), is_new=False) for row in rows],
            actor, at, source,
        )  # fmt: skip
        hooks.ask_guards(batch)
        for row in rows:
            row.deleted_at, row.version = at, row.version + 1
        bulk.update(rows, ["deleted_at", "version"])
        _mark(info, batch, events.DELETED, before=False)
        _sum_up(info, rows, at)
        hooks.tell_listeners(batch)
        return len(rows)


def restore_records(*, record_ids: Sequence[str], actor: Actor, at: datetime) -> int:
    """Take records of one type out of the bin; raises Duplicate when a unique value was taken meanwhile."""
    with transaction.atomic():
        _seat, info, rows = _editable(record_ids, actor, "delete", deleted=True)
        for row in rows:
            row.deleted_at, row.version = None, row.version + 1
        batch = Batch(
            info, [Written(row, {}, dict(row.data), frozenset({"deleted"}), is_new=False) for row in rows],
            actor, at, "bin",
        )  # fmt: skip
        taken = [
            public_id
            for one in info.fields.values() if one.is_unique
            for _key, (_pk, public_id) in writing.holders(
                info, one, [writing.folded(one, row.data[one.key]) for row in rows if one.key in row.data]
            ).items()
        ]  # fmt: skip
        if taken:
            raise writing.Duplicate(_("A value of this record is taken by another one now."), candidates=taken)
        bulk.update(rows, ["deleted_at", "version"])
        _mark(info, batch, events.RESTORED, before=True)
        _sum_up(info, rows, at)
        hooks.tell_listeners(batch)
        return len(rows)


def purge(*, at: datetime, actor: Actor, most: int = 1_000) -> int:
    """Remove for good what has been in the bin for 30 days; returns how many records."""
    with transaction.atomic():
        rows = list(Record.objects.filter(deleted_at__lt=at - IN_BIN).order_by("pk")[:most])
        known = catalogue().by_id
        record_many(
            entries=[
                Entry(events.PURGED, writing.subject(known[row.type_id], row), {})
                for row in rows if row.type_id in known
            ],
            actor=actor, at=at,
        )  # fmt: skip
        Record.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


def _parsed(seat: SeatInfo, info: TypeInfo, given: Mapping[str, Any], variant: str) -> dict[str, Any]:
    parsed = values.parse(info, given, editable=editable_fields(seat, info), variant=variant)
    parsed.check()
    return parsed.values


def _check_owner(owner_id: str | None) -> None:
    if owner_id:
        people.member_pk(owner_id)


def _editable(
    record_ids: Sequence[str], actor: Actor, act: str, *, deleted: bool = False
) -> tuple[SeatInfo, TypeInfo, list[Record]]:
    """The rows, locked, in the order asked for, all of one type and all of them the actor's to change."""
    found = {row.public_id: row for row in Record.objects.select_for_update().filter(public_id__in=set(record_ids))}
    rows = [found[one] for one in dict.fromkeys(record_ids) if one in found]
    if not rows or len(rows) != len(set(record_ids)) or any((row.deleted_at is not None) != deleted for row in rows):
        raise NotFound(_("There is no such record."))
    info = catalogue().by_id.get(rows[0].type_id)
    if info is None or any(row.type_id != info.id for row in rows):
        raise NotFound(_("These records are not of one type."))
    seat = seat_of(actor)
    for row in rows if deleted or len(rows) == 1 else ():
        if not may(seat, info, row, "read"):
            raise NotFound(_("There is no such record."))
        if not may(seat, info, row, act):
            raise Forbidden(_("You may not change this record."))
    level = getattr(seat.on(info.key), act)
    if len(rows) > 1 and not deleted and level != "all":
        mine = selected(seat, info, None, level=level).filter(pk__in=[row.pk for row in rows]).count()
        if mine != len(rows):
            raise Forbidden(_("Some of these records are not yours to change."))
    return seat, info, rows


def _mark(info: TypeInfo, batch: Batch, kind: str, *, before: bool) -> None:
    entries = [Entry(kind, writing.subject(info, row.record), {"source": batch.source}) for row in batch.rows]
    numbers = record_many(entries=entries, actor=batch.actor, at=batch.at)
    for row, number in zip(batch.rows, numbers, strict=True):
        row.event = number
    bulk.insert(
        [
            Change(event_id=row.event, record=row.record, key="deleted", before=before, after=not before)
            for row in batch.rows
        ]
    )


def _sum_up(info: TypeInfo, rows: Sequence[Record], at: datetime) -> None:
    if catalogue().rollups_over(info.key):
        targets = set(Link.objects.filter(source__in=rows).values_list("target_id", flat=True))
        rollups.refresh(info.key, targets, at=at)
