"""Taking a whole import back: what it created goes into the bin, what it changed gets its former values.

Records that somebody changed since, or that others point to since, are named and left as they are.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, hooks
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Change, Import, ImportChunk, Link, Record
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.services import rollups, values_back, writing
from fairboard.crm.services.imports import own_import
from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Problem
from fairboard.ledger.services import Entry, Subject, record_many

PART = 2_000
MOST_NAMED = 1_000
"""Records left as they are that are named; further ones are counted."""
UNDO = tasks.expect("crm.undo_import")


def ask(*, import_id: str, actor: Actor, at: datetime, enqueue: bool = True) -> Import:
    """Have an import taken back in the background. Raises Conflict for one that wrote nothing or still runs."""
    job = own_import(import_id=import_id, actor=actor)
    if job.dry_run or not Import.objects.filter(pk=job.pk, state__in=["done", "failed", "stopped"]).update(
        state="undoing", place=0, left=[], beat_at=at
    ):
        raise Conflict(_("There is nothing to undo here now."))
    if enqueue:
        tasks.enqueue(UNDO, import_id=job.public_id)
    job.refresh_from_db()
    return job


def carry_out(*, job: Import, actor: Actor, at: datetime) -> int:
    """Undo an import that `ask` marked; returns how many records were taken back. Killed, it can be run again."""
    ours = {number for events_ in ImportChunk.objects.filter(file__job=job).values_list("events", flat=True)
            for number in events_}  # fmt: skip
    done = 0
    for chunk in ImportChunk.objects.filter(file__job=job, is_undone=False).order_by("-pk"):
        with transaction.atomic():
            done += _values_back(job, chunk, ours, actor, at)
            ImportChunk.objects.filter(pk=chunk.pk).update(is_undone=True)
            Import.objects.filter(pk=job.pk).update(left=job.left, beat_at=at)
    for info in reversed(list(catalogue().types.values())):
        done += _bin(job, info, ours, actor, at)
    Import.objects.filter(pk=job.pk).update(state="undone", finished_at=at, left=job.left)
    return done


def _leave(job: Import, row: Record, why: str) -> None:
    if len(job.left) < MOST_NAMED:
        job.left.append({"id": row.public_id, "name": row.name, "why": why})


def _values_back(job: Import, chunk: ImportChunk, ours: set[int], actor: Actor, at: datetime) -> int:
    """Give the records a chunk changed their former values."""
    found: dict[int, dict[str, Change]] = {}
    for change in Change.objects.filter(event_id__in=chunk.events).order_by("pk"):
        found.setdefault(change.record_id, {})[change.key] = change
    by_type: dict[int, list[tuple[Record, dict[str, Change]]]] = {}
    for row in _locked(list(found)):
        if row.deleted_at is None:
            by_type.setdefault(row.type_id, []).append((row, found[row.pk]))
    done = 0
    for type_id, rows in by_type.items():
        info = catalogue().by_id.get(type_id)
        if info is None:
            continue
        plans = []
        for row, changes in rows:
            one, differs = values_back.planned(info, row, changes)
            if differs:
                _leave(job, row, _("changed since"))
            elif one.written.changed:
                plans.append(one)
        done += _write_back(job, info, plans, actor, at)
    return done


def _write_back(job: Import, info: TypeInfo, plans: list[writing.Plan], actor: Actor, at: datetime) -> int:
    if not plans:
        return 0
    entry = Entry(events.IMPORT_UNDONE, Subject("crm.import", job.public_id), {"changed back": len(plans)})
    versions = [one.written.record.version for one in plans]
    try:
        with transaction.atomic():
            return len(writing.write(
                info, plans, seat=SYSTEM_SEAT, actor=actor, at=at, source="undo", entry=entry, override=True
            ))  # fmt: skip
    except Problem as problem:
        if len(plans) == 1:
            _leave(job, plans[0].written.record, problem.detail)
            return 0
        for one, version in zip(plans, versions, strict=True):
            one.written.record.version = version
        half = len(plans) // 2
        return _write_back(job, info, plans[:half], actor, at) + _write_back(job, info, plans[half:], actor, at)


def _locked(pks: Sequence[int]) -> list[Record]:
    return [
        row for start in range(0, len(pks), 500)
        for row in Record.objects.select_for_update().filter(pk__in=pks[start : start + 500])
    ]  # fmt: skip


def _bin(job: Import, info: TypeInfo, ours: set[int], actor: Actor, at: datetime) -> int:
    """Put the records of a type that an import made into the bin."""
    after = done = 0
    while True:
        with transaction.atomic():
            rows = list(
                Record.objects.select_for_update()
                .filter(import_id=job.pk, type_id=info.id, deleted_at=None, pk__gt=after).order_by("pk")[:PART]
            )  # fmt: skip
            if not rows:
                return done
            after = rows[-1].pk
            kept = _in_use(rows, job, ours)
            for row in rows:
                if row.pk in kept:
                    _leave(job, row, kept[row.pk])
            done += _delete(job, info, [row for row in rows if row.pk not in kept], actor, at)
            Import.objects.filter(pk=job.pk).update(left=job.left, beat_at=at)


def _in_use(rows: Sequence[Record], job: Import, ours: set[int]) -> dict[int, str]:
    """The rows that stay, with the reason."""
    kept: dict[int, str] = {}
    for start in range(0, len(rows), 500):
        pks = [row.pk for row in rows[start : start + 500]]
        changed = Change.objects.filter(record_id__in=pks).values_list("record_id", "event_id")
        kept.update((pk, _("changed since")) for pk, event in changed if event not in ours)
        pointing = Link.objects.filter(target_id__in=pks, source__deleted_at=None).exclude(source__import_id=job.pk)
        kept.update((pk, _("other records point to it")) for pk in pointing.values_list("target_id", flat=True))
    return kept


def _delete(job: Import, info: TypeInfo, rows: list[Record], actor: Actor, at: datetime) -> int:
    if not rows:
        return 0
    written = [Written(row, dict(row.data), {}, frozenset({"deleted"}), is_new=False) for row in rows]
    batch = Batch(info, written, actor, at, "undo", override=True)
    try:
        hooks.ask_guards(batch)
    except Problem as problem:
        if len(rows) == 1:
            _leave(job, rows[0], problem.detail)
            return 0
        half = len(rows) // 2
        return _delete(job, info, rows[:half], actor, at) + _delete(job, info, rows[half:], actor, at)
    for row in rows:
        row.deleted_at, row.version = at, row.version + 1
    bulk.update(rows, ["deleted_at", "version"])
    entry = Entry(events.IMPORT_UNDONE, Subject("crm.import", job.public_id), {"removed": len(rows), "type": info.key})
    (number,) = record_many(entries=[entry], actor=actor, at=at)
    for one in written:
        one.event = number
    if catalogue().rollups_over(info.key):
        targets: set[int] = set()
        for start in range(0, len(rows), 500):
            near = Link.objects.filter(source__in=rows[start : start + 500])
            targets.update(near.values_list("target_id", flat=True))
        rollups.refresh(info.key, targets, at=at)
    hooks.tell_listeners(batch)
    return len(rows)
