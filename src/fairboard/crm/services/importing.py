"""Carrying out an import: chunk by chunk, each with its checkpoint in one transaction, so that a kill loses nothing.

What was killed goes on after the last chunk that was written. Roll-ups over the new records are worked out once at the
end, found again by the import's own rows.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import events, indexes
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.importing import reading
from fairboard.crm.importing.columns import ColumnPlan, with_country
from fairboard.crm.importing.files import Layout
from fairboard.crm.importing.known import words_for
from fairboard.crm.models import Import, ImportChunk, ImportFile, ImportProblem, Record
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.services import lookups, plain, rollups, search
from fairboard.crm.services.import_rows import SOURCE, Outcome, Run, write_chunk
from fairboard.crm.services.match_keys import keep_for_import
from fairboard.crm.services.standing import refused
from fairboard.fields import FieldError
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.ledger.services import Subject, record

SILENT = timedelta(minutes=3)
"""So long without a sign an import was killed, and another worker takes it up."""

FEW = 2_000


def claim(*, import_id: str, at: datetime) -> Import | None:
    """Take a queued import, or one whose worker was killed; None when there is nothing to take."""
    free = Q(state="queued") | Q(state__in=["running", "summing"], beat_at__lt=at - SILENT)
    taken = Import.objects.filter(free, public_id=import_id).update(state="running", beat_at=at)
    return Import.objects.get(public_id=import_id) if taken else None


def run(*, job: Import, actor: Actor, at: datetime, now: Any) -> Iterator[ImportFile]:
    """Import the files of a claimed import; yields each file's state after every chunk.

    ``now`` tells the time for signs of life. A file that cannot be read ends the import with a message.
    """
    if job.started_at is None:
        Import.objects.filter(pk=job.pk).update(started_at=at)
    try:
        for file in job.files.order_by("position", "pk"):
            if not file.is_done:
                yield from _file(job, file, actor, at, now)
            if _state(job) != "running":
                return
        if not job.dry_run:
            _sum_up(job, at, now)
        _finish(job, actor, now())
    except FieldError as error:
        _fail(job, _(error.message) % error.values if error.values else _(error.message), now())
    except Problem as problem:
        _fail(job, problem.detail or str(problem.title), now())


def _state(job: Import) -> str:
    return str(Import.objects.values_list("state", flat=True).get(pk=job.pk))


def _fail(job: Import, message: str, at: datetime) -> None:
    Import.objects.filter(pk=job.pk).update(state="failed", message=message[:400], finished_at=at)


def plans_of(info: TypeInfo, file: ImportFile, options: dict[str, Any], seat: SeatInfo) -> list[ColumnPlan]:
    """How the chosen columns of a file are read; those that may not be written are left out."""
    places = {one: place for place, one in enumerate(file.headings)}
    may, found = editable_fields(seat, info), []
    for place, column in enumerate(file.columns):
        one = info.fields.get(column.get("field", ""))
        if one is None or one.key not in may:
            continue
        is_link = one.kind == "relation"
        is_known = options.get("source") in {"salesforce", "hubspot"}
        words = words_for(info.key, one.key) if one.type == "choice" and is_known else {}
        known = {choice.key for choice in one.spec.choices}
        own = {choice.label.casefold() for choice in one.spec.choices} | known
        words = {**{word: key for word, key in words.items() if key in known and word not in own},
                 **column.get("words", {})}  # fmt: skip
        transform = ""
        if options.get("source") == "salesforce" and (is_link or one.key == "external_id"):
            transform = "salesforce_id"
        elif options.get("source") == "hubspot" and is_link:
            transform = "first"
        found.append(
            ColumnPlan(
                place,
                column["heading"],
                one.key,
                with_country(one.spec, str(options.get("country", ""))),
                kind="relation" if is_link else "value",
                is_many=one.is_many,
                words=words,
                transform=transform,
                fallback=tuple(places[name] for name in column.get("fallback", ()) if name in places),
            )
        )
    return found


def job_of(file: ImportFile, info: TypeInfo, plans: list[ColumnPlan], *, lenient: bool, size: int = 0) -> reading.Job:
    """What the reader is asked for."""
    headings = {one.key for one in plans}
    names = tuple(key for key in info.name_fields if key in headings)
    required = tuple(
        (key, one.spec.label) for key, one in info.fields.items()
        if one.required and one.is_written and file.mode == "create" and not file.is_second
    )  # fmt: skip
    keys = {one.key for one in plans if info.fields[one.key].is_unique} | ({file.match} if file.match else set())
    if file.is_second:
        keys.add(plans[0].key)
    return reading.Job(
        str(settings.CRM_DIR / file.stored), Layout(**file.layout), tuple(plans), names, required,
        tuple(key for key in keys if key in headings), max(1 + file.layout.get("skip", 0), file.done),
        as_json=plain.is_plain(info) and not file.is_second, lenient=lenient, size=size or reading.CHUNK,
    )  # fmt: skip


def run_of(job: Import, file: ImportFile, info: TypeInfo, actor: Actor, at: datetime) -> tuple[Run, list[ColumnPlan]]:
    """Everything chunks of a file have in common."""
    seat = seat_of(actor)
    plans = plans_of(info, file, {**job.options, "source": job.source}, seat)
    columns = {column.get("field", ""): column for column in file.columns}
    relations = {
        one.key: lookups.Relation(info.fields[one.key], columns[one.key].get("by") or "name", seat)
        for one in plans if one.kind == "relation"
    }  # fmt: skip
    once = {one.key for one in plans if info.fields[one.key].is_unique} | ({file.match} if file.match else set())
    return Run(
        job.pk, job.public_id, info, seat, actor, at, file.mode, file.match,
        {one.key: one.heading for one in plans}, relations,
        frozenset(key for key in relations if columns[key].get("create")), tuple(sorted(once)),
        lenient=bool(job.options.get("lenient")), is_dry=job.dry_run,
    ), plans  # fmt: skip


def _file(job: Import, file: ImportFile, actor: Actor, at: datetime, now: Any) -> Iterator[ImportFile]:
    info = catalogue().type(file.type_key)
    the_run, plans = run_of(job, file, info, actor, at)
    made = _prepare(the_run, file)
    own = [one for one in plans if one.kind == "relation" and info.key in info.fields[one.key].targets]
    key = next((one for one in plans if one.key in the_run.once), None)
    try:
        if key is None or not own:
            yield from _pass(job, file, the_run, plans, now)
        else:
            if not file.is_second:
                yield from _pass(job, file, the_run, [one for one in plans if one not in own], now)
            yield from _again(job, file, the_run, [key, *own], now)
    finally:
        for name in made:
            indexes.drop_named(name)


def _pass(job: Import, file: ImportFile, the_run: Run, plans: list[ColumnPlan], now: Any) -> Iterator[ImportFile]:
    """Read a file and write its rows, from the last row on that is done."""
    todo = job_of(file, the_run.info, plans, lenient=the_run.lenient)
    if file.done:
        _remember(the_run, todo, file.done)
    for chunk in reading.chunks(todo):
        if not _one(job, file, the_run, chunk, now()):
            return
        yield file
    file.is_done = True
    ImportFile.objects.filter(pk=file.pk).update(is_done=True)


def _again(job: Import, file: ImportFile, the_run: Run, plans: list[ColumnPlan], now: Any) -> Iterator[ImportFile]:
    """Read a file once more for relations among its own rows, which may name a row that comes later."""
    if job.dry_run or not (file.is_done or file.is_second):
        return
    if not file.is_second:
        file.is_second, file.is_done, file.done = True, False, 0
        ImportFile.objects.filter(pk=file.pk).update(is_second=True, is_done=False, done=0)
    relations = {one.key: the_run.relations[one.key] for one in plans[1:]}
    for one in relations.values():
        one.known.clear()
    again = replace(
        the_run, mode="update", match=plans[0].key, relations=relations, once=(), lenient=True, is_second=True
    )
    yield from _pass(job, file, again, plans, now)


def _prepare(the_run: Run, file: ImportFile) -> list[str]:
    """Make the indexes look-ups need and that are not there; returns their names."""
    wanted = {(the_run.info.key, file.match)} if file.match and file.mode != "create" else set()
    for relation in the_run.relations.values():
        wanted |= {(info.key, relation.by) for info in relation.targets()}
    names = {
        indexes.make_matching(catalogue().type(type_key), key) for type_key, key in wanted if _is_large(type_key)
    }  # fmt: skip
    return sorted(names - {""})


def _is_large(type_key: str) -> bool:
    """Whether looking through all records of a type takes longer than making an index."""
    found = Record.objects.filter(type_id=catalogue().type(type_key).id, deleted_at=None)
    return found[:FEW].count() == FEW


def _remember(the_run: Run, todo: reading.Job, done: int) -> None:
    """After a kill: read what was done once more, for the values that may stand in one row only."""
    plans = tuple(one for one in todo.plans if one.key in the_run.once)
    if not plans:
        return
    again = replace(todo, plans=plans, after=1 + todo.layout.skip, required=(), as_json=False)
    for chunk in reading.chunks(again):
        for key, values in chunk.keys.items():
            seen = the_run.seen.setdefault(key, {})
            for number, value in zip(chunk.numbers, values, strict=True):
                if value is not None and number <= done:
                    seen.setdefault(hash(lookups.lowered(value) if isinstance(value, str) else value), number)
        if chunk.last_row >= done:
            return


def _one(job: Import, file: ImportFile, the_run: Run, chunk: reading.Chunk, at: datetime) -> bool:
    """Write a chunk with its checkpoint; False when somebody stopped the import."""
    with transaction.atomic():
        if not Import.objects.filter(pk=job.pk, state="running").update(beat_at=at):
            return False
        outcome = _tried(the_run, chunk) if job.dry_run else write_chunk(the_run, chunk)
        if the_run.is_second:  # rows that were refused before are said already
            outcome.problems = {row: one for row, one in outcome.problems.items() if row not in outcome.refused}
            outcome.refused.clear()
        ImportProblem.objects.bulk_create(
            [
                ImportProblem(file=file, row=number, problems=found, is_refused=number in outcome.refused)
                for number, found in sorted(outcome.problems.items())
            ],
            batch_size=500,
        )
        file.done = chunk.last_row
        if the_run.is_second:  # what is changed here was counted when it was written
            outcome.created = outcome.updated = outcome.unchanged = 0
        file.created += outcome.created
        file.updated += outcome.updated
        file.unchanged += outcome.unchanged
        file.bad += len(outcome.refused)
        file.warned += len(outcome.problems.keys() - outcome.refused)
        file.save(update_fields=["done", "created", "updated", "unchanged", "bad", "warned"])
        if outcome.events:
            ImportChunk.objects.create(file=file, last_row=chunk.last_row, events=outcome.events)
    for held in the_run.held:
        refused(held, actor=the_run.actor, at=the_run.at, source=SOURCE)
    the_run.held.clear()
    return True


def _tried(the_run: Run, chunk: reading.Chunk) -> Outcome:
    """What would become of a chunk: written and rolled back."""
    with transaction.atomic():
        outcome = write_chunk(the_run, chunk)
        transaction.set_rollback(True)
    outcome.events = []
    return outcome


def _sum_up(job: Import, at: datetime, now: Any) -> None:
    """Work out the roll-ups that the new records change, from the last one on that was worked out."""
    Import.objects.filter(pk=job.pk).update(state="summing")
    for type_key in dict.fromkeys(job.files.order_by("position", "pk").values_list("type_key", flat=True)):
        info = catalogue().types.get(type_key)
        fields = {one.options["via"] for _info, one in catalogue().rollups_over(type_key)}
        ways = [info.fields[key].id for key in fields if key in info.fields] if info else []
        if info is None or not ways:
            continue
        targets = _targets(job.pk, info, ways)
        for start in range(0, len(targets), 2_000):
            part = targets[start : start + 2_000]
            with transaction.atomic():
                rollups.refresh(info.key, part, at=at)
                Import.objects.filter(pk=job.pk).update(beat_at=now())


def _targets(import_pk: int, info: TypeInfo, ways: list[int]) -> list[int]:
    marks = ", ".join(f"{one:d}" for one in ways)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT way.target_id FROM crm_record new JOIN crm_link way ON way.source_id = new.id"
            f" WHERE new.import_id = %s AND new.type_id = {info.id:d} AND way.field_id IN ({marks}) ORDER BY 1",
            [import_pk],
        )
        return [row[0] for row in cursor.fetchall()]


def _finish(job: Import, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        files = list(job.files.all())
        counts = {
            name: sum(getattr(one, name) for one in files) for name in ("created", "updated", "unchanged", "bad")
        }  # fmt: skip
        Import.objects.filter(pk=job.pk).update(state="done", finished_at=at)
        if not job.dry_run:
            record(
                kind=events.IMPORT_FINISHED, subject=Subject("crm.import", job.public_id), actor=actor, at=at,
                data=counts,
            )  # fmt: skip
    if not job.dry_run:
        keep_for_import(job.pk)
        search.index_import(job.pk, _changes(job))


def _changes(job: Import) -> Iterator[int]:
    """The events in which an import changed records that were there."""
    for found in ImportChunk.objects.filter(file__job=job).order_by("pk").values_list("events", flat=True):
        yield from found
