"""Working off bulk jobs, some rows to a transaction: a killed worker is followed by one that goes on where it was."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Job, Record
from fairboard.crm.services import jobs, objects, records, writing
from fairboard.crm.services.standing import refusals_recorded
from fairboard.fields import FieldError
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.people.queries import actor_by_id

CHUNK = 200
SILENT = timedelta(minutes=3)
EMPTIES = "#N/A"
"""What a CSV says to empty a field; an empty cell leaves it as it is, as Salesforce's Bulk API has it."""
SYSTEM = ("id", "owner", "record_type")


@dataclass(slots=True)
class Line:
    """A row of the file: its number, what it says, and what became of it."""

    number: int
    given: Mapping[str, Any]
    error: str = ""
    record_id: str = ""
    act: str = ""


def run_due(*, now: Callable[[], datetime]) -> int:
    """Take and work off one waiting job, or one whose worker was killed; returns 0 when there is none.

    ``now`` tells the time, of each transaction and as a sign of life.
    """
    at = now()
    free = Q(state="queued") | Q(state="running", beat_at__lt=at - SILENT)
    job = Job.objects.filter(free).order_by("pk").first()
    if job is None:
        return 0
    if Job.objects.filter(free, pk=job.pk).update(state="running", beat_at=at):
        work_off(Job.objects.get(pk=job.pk), now=now)
    return 1


def work_off(job: Job, *, now: Callable[[], datetime]) -> None:
    """Work off a claimed job to its end."""
    actor, info = actor_by_id(job.actor_id), catalogue().types.get(job.type_key)
    folder = jobs.folder_of(job)
    try:
        if actor is None or info is None:
            raise Invalid(_("Who made this job, or its type, is not there any more."))
        good, bad = (folder / f"{kind}.csv" for kind in ("success", "failure"))
        for path, size in ((good, job.good_size), (bad, job.bad_size)):
            with path.open("ab") as file:
                file.truncate(size)
        seen: set[int] = set()
        lines = _lines(job)
        for line in islice(lines, job.rows):  # worked off before; only their keys are remembered
            _is_second(job, info, line, seen)
        while chunk := list(islice(lines, CHUNK)):
            if not _chunk(job, info, chunk, seen, actor, now()):
                return  # aborted
        _end(job, "done", "", actor, now())
    except (Problem, OSError, csv.Error, ValueError) as error:
        text = error.detail if isinstance(error, Problem) else str(error)
        _end(job, "failed", text, actor or Actor.system("jobs"), now())


def _end(job: Job, state: str, message: str, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        if Job.objects.filter(pk=job.pk, state="running").update(
            state=state, message=message[:400], finished_at=at, expires_at=at + jobs.KEPT
        ):
            jobs.tell(job, state, actor, at)


def _bytes(job: Job) -> Iterator[bytes]:
    folder = jobs.folder_of(job)
    for number in sorted(int(one) for one in job.parts):
        with (folder / f"{number:04d}.part").open("rb") as file:
            while chunk := file.read(1 << 16):
                yield chunk


class _Joined(io.RawIOBase):
    """The parts of a job as one file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._chunks, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _lines(job: Job) -> Iterator[Line]:
    """The rows of the file, counted from 1, without the headings of a CSV."""
    text = io.TextIOWrapper(io.BufferedReader(_Joined(_bytes(job))), encoding="utf-8-sig", errors="replace", newline="")
    if job.format == "jsonl":
        number = 0
        for raw in text:
            if raw.strip():
                number += 1
                yield _json_line(number, raw)
        return
    reader = csv.reader(text)
    headings = [one.strip() for one in next(reader, [])]
    doubled = sorted({one for one in headings if headings.count(one) > 1})
    if not headings or doubled or "" in headings:
        raise Invalid(_("Headings are missing or come twice: %(names)s.") % {"names": ", ".join(doubled)})
    for number, cells in enumerate((one for one in reader if any(one)), 1):
        if len(cells) != len(headings):
            yield Line(number, dict(zip(headings, cells, strict=False)), _("This row has too few or too many cells."))
        else:
            plain = {key: cell.replace("\x00", "") for key, cell in zip(headings, cells, strict=True)}
            yield Line(number, {key: None if cell == EMPTIES else cell for key, cell in plain.items() if cell != ""})


def _json_line(number: int, raw: str) -> Line:
    try:
        found = json.loads(raw)
        if isinstance(found, dict):
            return Line(number, found)
    except (ValueError, RecursionError):
        pass
    return Line(number, {}, _("This is no JSON object."))


def _is_second(job: Job, info: TypeInfo, line: Line, seen: set[int]) -> bool:
    """Whether an earlier row has the same key; remembers this one's."""
    value = line.given.get(job.key) if job.key else None
    if value is None or line.error:
        return False
    one = info.fields.get(job.key)
    mark = hash(str(writing.folded(one, value) if one else value))
    if mark in seen:
        return True
    seen.add(mark)
    return False


def _chunk(job: Job, info: TypeInfo, chunk: Sequence[Line], seen: set[int], actor: Actor, at: datetime) -> bool:
    """Work off some rows in one transaction; False when the job was aborted."""
    for line in chunk:
        if _is_second(job, info, line, seen):
            line.error = _("An earlier row has the same %(key)s.") % {"key": job.key}
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job.pk)
        if row.state != "running":
            return False
        for line in chunk:
            if not line.error:
                try:
                    with refusals_recorded(actor=actor, at=at, source="job"), transaction.atomic():
                        _write(job, info, line, actor, at)
                except Problem as problem:
                    line.error = _said(problem)
        job.good_size = _append(job, "success", [line for line in chunk if not line.error], job.good_size)
        job.bad_size = _append(job, "failure", [line for line in chunk if line.error], job.bad_size)
        job.rows = chunk[-1].number
        job.failed += sum(1 for line in chunk if line.error)
        job.written += sum(1 for line in chunk if not line.error)
        job.beat_at = at
        job.save(update_fields=["rows", "written", "failed", "good_size", "bad_size", "beat_at"])
    return True


def _said(problem: Problem) -> str:
    found = [f"{one['field']}: {one['message']}" for one in problem.errors if one["field"]]
    return "; ".join(found) or problem.detail or str(problem.title)


def _write(job: Job, info: TypeInfo, line: Line, actor: Actor, at: datetime) -> None:
    """Write one row; sets the id of its record and what was done."""
    given = dict(line.given)
    new = objects.New(
        {key: value for key, value in given.items() if key not in SYSTEM},
        None if given.get("owner") is None else str(given["owner"]),
        None if given.get("record_type") is None else str(given["record_type"]),
    )  # fmt: skip
    line.record_id = _found(job, info, given) if job.key else ""
    if job.operation == "delete":
        records.delete_records(record_ids=[line.record_id], actor=actor, at=at, source=objects.SOURCE)
        line.act = "deleted"
    elif line.record_id:
        objects.update(type_key=info.key, record_id=line.record_id, change=new, version=None, actor=actor, at=at)
        line.act = "updated"
    else:
        (made,) = objects.create(
            type_key=info.key, rows=[new], actor=actor, at=at, override=job.override, in_array=False
        )
        line.record_id, line.act = made.id, "created"


def _found(job: Job, info: TypeInfo, given: Mapping[str, Any]) -> str:
    """The id of the record a row is about, empty when an upsert is to create it; raises Invalid, NotFound."""
    value = given.get(job.key)
    if value is None:
        raise Invalid(_("This is needed."), field=job.key)
    if job.key == "id":
        alive = Record.objects.filter(public_id=str(value), type_id=info.id, deleted_at=None)
        found = str(value) if alive.exists() else ""
    else:
        try:
            kept = values.value_of(info.fields[job.key], value)
        except FieldError as error:
            raise Invalid(
                _(error.message) % error.values if error.values else _(error.message), field=job.key
            ) from error
        found = objects.holder_of(info=info, key=job.key, value=kept)
    if not found and job.operation != "upsert":
        raise NotFound(_("There is no record with this %(key)s.") % {"key": job.key})
    return found


def _append(job: Job, kind: str, lines: Sequence[Line], size: int) -> int:
    """Add rows to a result file at the place the last chunk ended; returns how long it is then."""
    out = io.StringIO()
    writer = csv.writer(out)
    if size == 0:
        writer.writerow(["row", "id", "act"] if kind == "success" else ["row", "error", "data"])
    for line in lines:
        writer.writerow(
            [line.number, line.record_id, line.act] if kind == "success"
            else [line.number, line.error, json.dumps(dict(line.given), ensure_ascii=False, default=str)]
        )  # fmt: skip
    with (jobs.folder_of(job) / f"{kind}.csv").open("r+b") as file:
        file.seek(size)
        file.write(out.getvalue().encode())
        file.truncate()
        return file.tell()
