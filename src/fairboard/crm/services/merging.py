"""Merging records: one is left, the others go into the bin, what pointed to them points to it; it can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, hooks, merges
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Change, DuplicatePair, Link, Merge, Merged, Record
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.merging import MOST
from fairboard.crm.queries.records import check_permission, may
from fairboard.crm.services import rollups, writing
from fairboard.crm.services.standing import refusals_recorded
from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Entry, Subject, record_many

SOURCE = "merge"


@dataclass(slots=True)
class Preview:
    """What a merge comes to: the values of the record that is left, and how many records are pointed to it instead."""

    type_key: str
    survivor: str
    values: dict[str, Any]
    moves: dict[str, int] = field(default_factory=dict)
    merge_id: str = ""


def merge(
    *, record_ids: Sequence[str], survivor_id: str, actor: Actor, at: datetime, chosen: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Preview:  # fmt: skip
    """Merge two to five records of one type into one of them.

    ``chosen`` names for a field the record whose value is kept, an empty one too; without it the survivor's value is
    kept, or the first there is. Raises Forbidden, NotFound, Invalid, and what a guard raises.
    """
    with refusals_recorded(actor=actor, at=at, source=SOURCE), transaction.atomic():
        info, survivor, losers = _rows(record_ids, survivor_id, actor)
        values = _values(info, survivor, losers, chosen or {})
        found = Preview(info.key, survivor_id, {**survivor.data, **values})
        found.values = {key: one for key, one in found.values.items() if one is not None}
        sources = _pointing([one.pk for one in losers], {survivor.pk, *(one.pk for one in losers)})
        for one in sources.values():
            for key in one[1]:
                name = f"{catalogue().by_id[one[0].type_id].key}.{key}"
                found.moves[name] = found.moves.get(name, 0) + 1
        if dry_run:
            return found
        row = Merge.objects.create(
            type_key=info.key, survivor=survivor, actor_id=actor.id, at=at,
            before={"losers": [one.public_id for one in losers]},
        )  # fmt: skip
        _carry_out(row, info, survivor, losers, values, sources, actor, at)
        found.merge_id = row.public_id
        return found


def _rows(record_ids: Sequence[str], survivor_id: str, actor: Actor) -> tuple[TypeInfo, Record, list[Record]]:
    seat = check_permission(actor, "merge")
    wanted = list(dict.fromkeys(record_ids))
    if not 2 <= len(wanted) <= MOST:
        raise Invalid(_("Choose two to five records."), field="records")
    if survivor_id not in wanted:
        raise Invalid(_("Choose which of the records is kept."), field="survivor")
    rows = {row.public_id: row for row in Record.objects.select_for_update().filter(public_id__in=wanted)}
    info = catalogue().by_id.get(rows[survivor_id].type_id) if survivor_id in rows else None
    if info is None or len(rows) != len(wanted) or any(row.deleted_at is not None for row in rows.values()):
        raise NotFound(_("There is no such record."))
    if any(row.type_id != info.id for row in rows.values()):
        raise Invalid(_("These records are not of one type."), field="records")
    for row in rows.values():
        if not may(seat, info, row, "read"):
            raise NotFound(_("There is no such record."))
        if not may(seat, info, row, "edit"):
            raise Forbidden(_("You may not change %(name)s.") % {"name": row.name})
    return info, rows[survivor_id], [rows[one] for one in wanted if one != survivor_id]


def _values(info: TypeInfo, survivor: Record, losers: Sequence[Record], chosen: Mapping[str, str]) -> dict[str, Any]:
    """The values the survivor gets."""
    by_id = {row.public_id: row for row in (survivor, *losers)}
    ours, values = set(by_id), dict[str, Any]()
    for key, record_id in chosen.items():
        if key not in info.fields or not info.fields[key].is_written or record_id not in by_id:
            raise Invalid(_("There is no such choice: %(key)s.") % {"key": key}, field=key)
    for key, one in info.fields.items():
        if not one.is_written:
            continue
        if one.is_many and key not in chosen:
            every = [each for row in (survivor, *losers) for each in row.data.get(key) or ()]
            value: Any = list(dict.fromkeys(every)) or None
        elif key in chosen:
            value = by_id[chosen[key]].data.get(key)
        else:
            value = next((row.data[key] for row in (survivor, *losers) if key in row.data), None)
        if one.kind == "relation" and value is not None:  # nothing points to itself
            kept = [each for each in value if each not in ours] if isinstance(value, list) else value
            value = (None if kept in ours else kept) if isinstance(kept, str) else kept or None
        if value != survivor.data.get(key):
            values[key] = value
    return values


def _pointing(losers: Sequence[int], ours: set[int]) -> dict[int, tuple[Record, set[str]]]:
    """The records that point to those that go, with the keys of the relations."""
    keys = {one.id: one.key for info in catalogue().types.values() for one in info.relations}
    found: dict[int, set[str]] = {}
    for source, field_id in Link.objects.filter(target_id__in=losers).values_list("source_id", "field_id"):
        if source not in ours and field_id in keys:
            found.setdefault(source, set()).add(keys[field_id])
    rows: dict[int, tuple[Record, set[str]]] = {}
    pks = sorted(found)
    for start in range(0, len(pks), 500):
        for row in Record.objects.select_for_update().filter(pk__in=pks[start : start + 500], deleted_at=None):
            rows[row.pk] = (row, found[row.pk])
    return rows


def _carry_out(
    row: Merge, info: TypeInfo, survivor: Record, losers: Sequence[Record], values: Mapping[str, Any],
    sources: Mapping[int, tuple[Record, set[str]]], actor: Actor, at: datetime,
) -> None:  # fmt: skip
    ids, pks = [one.public_id for one in losers], [one.pk for one in losers]
    histories = list(Change.objects.filter(record_id__in=pks).values_list("pk", "record_id"))
    gone = _bin(info, survivor, losers, actor, at)
    planned = writing.plan(info, writing.Draft(values, record=survivor), actor=actor, at=at)
    planned.errors.clear()  # what was kept once is kept
    entry = Entry(events.MERGED, writing.subject(info, survivor), {"merged": ids, "fields": sorted(values)})
    written = _write(info, [planned], actor, at, entry)
    if not written:
        record_many(entries=[entry], actor=actor, at=at)
    moved = _move(row, survivor, ids, sources, actor, at)
    Change.objects.filter(pk__in=[pk for pk, _record in histories]).update(record=survivor)
    older = list(Merged.objects.filter(survivor_id__in=pks).values_list("pk", "survivor_id"))
    Merged.objects.filter(survivor_id__in=pks).update(survivor=survivor)
    Merged.objects.bulk_create([Merged(old_id=one, survivor=survivor, merge=row) for one in ids])
    DuplicatePair.objects.filter(first_id__in=[*pks, survivor.pk], second_id__in=[*pks, survivor.pk]).update(
        state="merged"
    )
    row.before |= {"histories": histories, "older": older, "others": merges.move_all(survivor.pk, pks, at)}
    row.events = {"written": [one.event for one in written], "moved": moved, "gone": gone}
    row.save()
    _sum_up(info, pks, at)


def _bin(info: TypeInfo, survivor: Record, losers: Sequence[Record], actor: Actor, at: datetime) -> list[int]:
    written = [Written(one, dict(one.data), {}, frozenset({"deleted"}), is_new=False) for one in losers]
    batch = Batch(info, written, actor, at, SOURCE, override=True)
    hooks.ask_guards(batch)
    for one in losers:
        one.deleted_at, one.version = at, one.version + 1
    bulk.update(losers, ["deleted_at", "version"])
    entries = [Entry(events.MERGED_AWAY, writing.subject(info, one), {"into": survivor.public_id}) for one in losers]
    numbers = record_many(entries=entries, actor=actor, at=at)
    for row, number in zip(written, numbers, strict=True):
        row.event = number
    hooks.tell_listeners(batch)
    return list(numbers)


def _write(info: TypeInfo, plans: list[writing.Plan], actor: Actor, at: datetime, entry: Entry) -> list[Written]:
    return writing.write(info, plans, seat=SYSTEM_SEAT, actor=actor, at=at, source=SOURCE, entry=entry, override=True)


def _move(
    row: Merge, survivor: Record, ids: Sequence[str], sources: Mapping[int, tuple[Record, set[str]]], actor: Actor,
    at: datetime,
) -> list[int]:  # fmt: skip
    """Point what pointed to the others to the survivor; returns the numbers of the events."""
    gone, by_type, found = set(ids), dict[int, list[writing.Plan]](), list[int]()
    for source, keys in sources.values():
        changed: dict[str, Any] = {}
        for key in keys:
            value = source.data.get(key)
            if isinstance(value, list):
                changed[key] = list(dict.fromkeys(survivor.public_id if each in gone else each for each in value))
            else:
                changed[key] = survivor.public_id
        info = catalogue().by_id[source.type_id]
        planned = writing.plan(info, writing.Draft(changed, record=source), actor=actor, at=at)
        planned.errors.clear()
        by_type.setdefault(source.type_id, []).append(planned)
    for type_id, plans in by_type.items():
        info = catalogue().by_id[type_id]
        entry = Entry(
            events.MERGE_MOVED, Subject("crm.merge", row.public_id), {"type": info.key, "records": len(plans)}
        )
        found += sorted({one.event for one in _write(info, plans, actor, at, entry)})
    return found


def _sum_up(info: TypeInfo, pks: Sequence[int], at: datetime) -> None:
    if catalogue().rollups_over(info.key):
        targets = set(Link.objects.filter(source_id__in=pks).values_list("target_id", flat=True))
        rollups.refresh(info.key, targets, at=at)
