"""Passes over the records of a type after a definition changed: done in parts, each its own transaction.

`ask` writes what is to be done and has the background worker do it; a small type is done at once. Each part begins
after the last record the part before it did, so that a pass goes on where it stopped, whatever stopped it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairboard.crm import formulas
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Link, Recompute, Record
from fairboard.crm.services import rollups
from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor

PART = 500
AT_ONCE = 500
"""A type with no more records than this is done in the transaction that asks."""
TASK = tasks.expect("crm.recompute")
FORGOTTEN_AFTER = timedelta(minutes=5)
MOST_SAMPLES = 20

Work = Callable[[Recompute, Sequence[Record], datetime], int]
Finish = Callable[[Recompute, datetime], None]
_works: dict[str, tuple[Work, Finish | None]] = {}


def work(kind: str, finish: Finish | None = None) -> Callable[[Work], Work]:
    """Register what a kind of pass does with some records; it returns how many it changed."""

    def register(function: Work) -> Work:
        _works[kind] = (function, finish)
        return function

    return register


def ask_for(info: TypeInfo, field: FieldInfo, *, actor: Actor, at: datetime) -> str:
    """Have a formula or roll-up worked out for the records there are; returns the pass's id, empty for other fields."""
    if field.kind not in {"formula", "rollup"}:
        return ""
    return ask(kind=field.kind, info=info, field_id=field.id, label=field.label, actor=actor, at=at)


def ask(
    *, kind: str, info: TypeInfo, actor: Actor, at: datetime, field_id: int | None = None, label: str = "",
    options: Mapping[str, Any] | None = None, event_id: int = 0,
) -> str:  # fmt: skip
    """Begin a pass in the caller's transaction. An older one for the same field that has not ended is given up."""
    total = Record.objects.filter(type_id=info.id).count()
    older = Recompute.objects.filter(kind=kind, type_id=info.id, state__in=["waiting", "running"])
    older = older.filter(field__isnull=True) if field_id is None else older.filter(field_id=field_id)
    older.update(state="failed", finished_at=at)
    row = Recompute.objects.create(
        kind=kind, type_id=info.id, field_id=field_id, label=label or info.plural, options=dict(options or {}),
        total=total, event_id=event_id, asked_by=actor.id, created_at=at, updated_at=at,
    )  # fmt: skip
    if total <= AT_ONCE:
        run(row.public_id, at=at)
    else:
        tasks.enqueue(TASK, work_id=row.public_id)
    return row.public_id


def run(work_id: str, *, at: datetime) -> None:
    """Do every part of a pass that is left."""
    while step(work_id, at=at):
        pass


def step(work_id: str, *, at: datetime) -> bool:
    """Do the next part of a pass; says whether there is more to do."""
    with transaction.atomic():
        row = Recompute.objects.select_for_update().filter(public_id=work_id).first()
        if row is None or row.state in {"done", "failed"}:
            return False
        function, finish = _works[row.kind]
        rows = list(
            Record.objects.select_for_update().filter(type_id=row.type_id, pk__gt=row.after).order_by("pk")[:PART]
        )
        if rows:
            row.changed += function(row, rows, at)
            row.after, row.done, row.state = rows[-1].pk, row.done + len(rows), "running"
        else:
            if finish:
                finish(row, at)
            row.state, row.finished_at = "done", at
        row.updated_at = at
        row.save()
        return bool(rows)


def forgotten(*, at: datetime) -> list[str]:
    """Passes that nobody has gone on with for five minutes: their worker was stopped."""
    found = Recompute.objects.filter(state__in=["waiting", "running"], updated_at__lt=at - FORGOTTEN_AFTER)
    return list(found.order_by("pk").values_list("public_id", flat=True))


@work("formula")
def _formulas(row: Recompute, records: Sequence[Record], at: datetime) -> int:
    info = catalogue().by_id.get(row.type_id)
    if info is None:
        return 0
    changed = []
    for one in records:
        before = dict(one.data)
        formulas.work_out(info, one.data, is_new=False)
        if one.data != before:
            one.version += 1
            changed.append(one)
    bulk.update(changed, ["data", "version"])
    _sum_up(info, changed, at)
    return len(changed)


@work("rollup")
def _rollup(row: Recompute, records: Sequence[Record], at: datetime) -> int:
    info = catalogue().by_id.get(row.type_id)
    field = next((one for one in info.fields.values() if one.id == row.field_id), None) if info else None
    if info is None or field is None:
        return 0
    alive = [one.pk for one in records if one.deleted_at is None]
    if not alive:
        return 0
    before = dict(Record.objects.filter(pk__in=alive).values_list("pk", "version"))
    rollups.refresh_all(info, field, at=at, after=alive[0] - 1, until=alive[-1])
    after = dict(Record.objects.filter(pk__in=alive).values_list("pk", "version"))
    return sum(1 for pk in alive if before[pk] != after[pk])


def _sum_up(info: TypeInfo, changed: Sequence[Record], at: datetime) -> None:
    if changed and catalogue().rollups_over(info.key):
        targets = set(Link.objects.filter(source__in=changed).values_list("target_id", flat=True))
        rollups.refresh(info.key, targets, at=at)


def keep_samples(row: Recompute, found: Sequence[tuple[Record, str]]) -> None:
    """Count values that could not be converted and keep the first few for the console."""
    row.refused += len(found)
    room = MOST_SAMPLES - len(row.samples)
    row.samples = [*row.samples, *({"id": one.public_id, "value": text[:200]} for one, text in found[: max(0, room)])]
