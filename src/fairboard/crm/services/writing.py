"""How records are written: checked, saved, linked, summed up, put on the ledger, in the caller's transaction.

`plan` checks one draft without touching the database; `write` saves many planned ones of a type at once. Pages, the
API, imports, bulk edits and automations all go through these two.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, formulas, hooks, indexes, stages, standing, values
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Change, Link, Record, Seat
from fairboard.crm.queries.access import SeatInfo
from fairboard.crm.queries.records import selected
from fairboard.crm.services import rollups
from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid
from fairboard.ledger.services import Entry, Subject, record_many

SAVED = ("data", "name", "owner_id", "record_type", "team_id", "territory_id", "version", "updated_at")


class Duplicate(Conflict):
    """A unique value is taken; ``candidates`` are the ids of the records that have it."""

    code = "duplicate"


@dataclass(slots=True)
class Draft:
    """What is to become of a record: parsed values by key (None empties one), and its system columns where given."""

    values: Mapping[str, Any]
    record: Record | None = None
    owner_id: str | None = None
    record_type: str | None = None
    import_id: int | None = None


@dataclass(slots=True)
class Plan:
    """A checked draft; it can be written when ``errors`` (by field key) is empty."""

    written: Written
    errors: dict[str, str] = field(default_factory=dict)


def plan(info: TypeInfo, draft: Draft, *, actor: Actor, at: datetime) -> Plan:
    """Work out what a draft comes to: formulas, required fields, validations, the name. Reads and writes nothing."""
    record = draft.record
    before = dict(record.data) if record else {}
    after = {key: one for key, one in {**before, **draft.values}.items() if one is not None}
    is_new = record is None
    errors = stages.settle(info, before, after, at=at)
    formulas.work_out(info, after, is_new=is_new)
    errors |= values.missing(info, after) | formulas.broken(info, after, is_new=is_new)
    if record is None:
        record = Record(
            type_id=info.id, created_at=at, created_by=actor.id, updated_at=at, import_id=draft.import_id,
            record_type=_variant(info), owner_id=actor.id if actor.kind == "member" else "",
        )  # fmt: skip
    system = {"owner": record.owner_id, "record_type": record.record_type}
    if draft.owner_id is not None:
        record.owner_id = draft.owner_id
    if draft.record_type is not None:
        record.record_type = draft.record_type
    if is_new:
        standing.begin(info, after, record.record_type)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if not is_new:
        before |= system
        changed |= {key for key in system if system[key] != getattr(record, "owner_id" if key == "owner" else key)}
    record.data, record.name = after, values.name_of(info, after)
    return Plan(Written(record, before, after, frozenset(changed), is_new), errors)


def _variant(info: TypeInfo) -> str:
    return next((one.key for one in info.variants if one.is_default), "")


def check(plans: Sequence[Plan]) -> None:
    """Raise Invalid for the first plan that cannot be written."""
    for one in plans:
        if one.errors:
            raise Invalid(
                next(iter(one.errors.values())),
                errors=[{"field": key, "message": text} for key, text in one.errors.items()],
            )


def write(
    info: TypeInfo, plans: Sequence[Plan], *, seat: SeatInfo, actor: Actor, at: datetime, source: str,
    entry: Entry | None = None, override: bool = False,
) -> list[Written]:  # fmt: skip
    """Save planned records of one type with their links, changes, roll-ups and events; returns those that changed.

    ``entry`` is one event for all of them instead of one each; ``override`` says that a guard against duplicates may be
    passed. Raises RuntimeError outside a transaction, Invalid, Duplicate, and whatever a guard raises.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Records are written in a transaction; there is none here.")
    check(plans)
    rows = [one.written for one in plans if one.written.is_new or one.written.changed]
    if not rows:
        return []
    batch = Batch(info, rows, actor, at, source, override)
    targets = _targets(info, rows, seat)
    _check_unique(info, rows)
    hooks.ask_guards(batch)
    _save(info, rows, at)
    touched = _link(info, rows, targets)
    _record(info, batch, entry)
    if catalogue().rollups_over(info.key):
        rollups.refresh(info.key, touched, at=at)
    hooks.tell_listeners(batch)
    return rows


def _targets(info: TypeInfo, rows: Sequence[Written], seat: SeatInfo) -> dict[str, int]:
    """The rows of the records that relations hold, by public id; raises Invalid for one that is not to be had."""
    wanted = {
        one: relation
        for relation in info.relations for row in rows if relation.key in row.changed
        for one in _listed(row.after.get(relation.key))
    }  # fmt: skip
    found: dict[str, int] = {}
    for relation in info.relations:
        ids = [one for one, way in wanted.items() if way.key == relation.key or one not in found]
        for key in relation.targets:
            target = catalogue().types.get(key)
            if target is None or not ids:
                continue
            for start in range(0, len(ids), 500):
                near = selected(seat, target, None).filter(public_id__in=ids[start : start + 500])
                found.update(near.values_list("public_id", "pk"))
    for one, relation in wanted.items():
        if one not in found:
            raise Invalid(
                _("%(label)s: there is no record %(id)s.") % {"label": relation.label, "id": one}, field=relation.key
            )
    return found


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


def _check_unique(info: TypeInfo, rows: Sequence[Written]) -> None:
    for one in info.fields.values():
        if not one.is_unique:
            continue
        mine = [row for row in rows if one.key in row.changed and one.key in row.after]
        seen: dict[Any, Written] = {}
        for row in mine:
            key = folded(one, row.after[one.key])
            if key in seen:
                raise _duplicate(one, [])
            seen[key] = row
        taken = holders(info, one, list(seen))
        for key, (pk, public_id) in taken.items():
            if seen[key].record.pk != pk:
                raise _duplicate(one, [public_id])


def folded(one: FieldInfo, value: Any) -> Any:
    """A unique value as its index compares it: ASCII letters of either case are one on both databases."""
    if one.type not in indexes.TEXTS:
        return value
    return "".join(letter.lower() if letter.isascii() else letter for letter in str(value))


def holders(info: TypeInfo, one: FieldInfo, keys: Collection[Any]) -> dict[Any, tuple[int, str]]:
    """Which records have these unique values already: row and public id by folded value."""
    found: dict[Any, tuple[int, str]] = {}
    expression, ordered = indexes.key_of(one), list(keys)
    for start in range(0, len(ordered), 500):
        part = ordered[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {expression}, id, public_id FROM crm_record WHERE type_id = {info.id:d}"
                f" AND deleted_at IS NULL AND {expression} IN ({marks})",
                part,
            )
            for value, pk, public_id in cursor.fetchall():
                found[folded(one, value)] = (pk, public_id)
    return found


def _duplicate(one: FieldInfo, candidates: list[str]) -> Duplicate:
    return Duplicate(
        _("%(label)s is taken by another record.") % {"label": one.label}, field=one.key, candidates=candidates
    )


def _save(info: TypeInfo, rows: Sequence[Written], at: datetime) -> None:
    teams = _teams({row.record.owner_id for row in rows if row.is_new or "owner" in row.changed})
    for row in rows:
        if row.is_new or "owner" in row.changed:
            row.record.team_id = teams.get(row.record.owner_id)
        if not row.is_new:
            row.record.version += 1
            row.record.updated_at = at
    try:
        with transaction.atomic():
            bulk.insert([row.record for row in rows if row.is_new])
            bulk.update([row.record for row in rows if not row.is_new], SAVED)
    except IntegrityError as error:
        name = next((one for one in info.fields.values() if one.is_unique and f"crm_u_{one.id}" in str(error)), None)
        if name is None:
            raise
        raise _duplicate(name, []) from error


def _teams(owners: Collection[str]) -> dict[str, int | None]:
    owned = [one for one in owners if one]
    return dict(Seat.objects.filter(member_id__in=owned).values_list("member_id", "team_id")) if owned else {}


def team_of(owner_id: str) -> int | None:
    """The team of a member who owns records."""
    return _teams({owner_id}).get(owner_id)


def _link(info: TypeInfo, rows: Sequence[Written], targets: Mapping[str, int]) -> set[int]:
    """Make the links what the relations hold; returns every record that was or is pointed to."""
    fresh: list[Link] = []
    touched: set[int] = set()
    for one in info.relations:
        changed = [row for row in rows if one.key in row.changed]
        old = [row.record.pk for row in changed if not row.is_new]
        for start in range(0, len(old), 500):
            gone = Link.objects.filter(field_id=one.id, source_id__in=old[start : start + 500])
            touched.update(gone.values_list("target_id", flat=True))
            gone.delete()
        for row in changed:
            pks = [targets[each] for each in _listed(row.after.get(one.key))]
            touched.update(pks)
            fresh += [Link(field_id=one.id, source_id=row.record.pk, target_id=pk) for pk in pks]
    bulk.insert(fresh)
    unchanged = [row.record.pk for row in rows if not row.is_new]
    if unchanged and catalogue().rollups_over(info.key):
        for start in range(0, len(unchanged), 500):
            held = Link.objects.filter(source_id__in=unchanged[start : start + 500])
            touched.update(held.values_list("target_id", flat=True))
    return touched


def _record(info: TypeInfo, batch: Batch, entry: Entry | None) -> None:
    if entry is not None:
        (number,) = record_many(entries=[entry], actor=batch.actor, at=batch.at)
        numbers: Iterable[int] = [number] * len(batch.rows)
    else:
        numbers = record_many(
            entries=[
                Entry(
                    events.CREATED if row.is_new else events.CHANGED, subject(info, row.record),
                    {"source": batch.source} | ({} if row.is_new else {"fields": sorted(row.changed)}),
                )
                for row in batch.rows
            ],
            actor=batch.actor, at=batch.at,
        )  # fmt: skip
    changes = []
    for row, number in zip(batch.rows, numbers, strict=True):
        row.event = number
        if not row.is_new:
            changes += [
                Change(event_id=number, record=row.record, key=key, before=row.before.get(key),
                       after=_after(row, key))
                for key in sorted(row.changed)
            ]  # fmt: skip
    bulk.insert(changes)


def _after(row: Written, key: str) -> Any:
    if key in {"owner", "record_type"} and key not in row.after:
        return row.record.owner_id if key == "owner" else row.record.record_type
    return row.after.get(key)


def subject(info: TypeInfo, record: Record) -> Subject:
    """What events of a record are about."""
    return Subject(f"crm.{info.key}", record.public_id)
