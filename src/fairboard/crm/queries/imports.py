"""Imports as page and API show them, and the rows that were refused as a file with their reasons."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.importing import files
from fairboard.crm.models import Import, ImportFile, ImportProblem
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.records import check_permission
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Gone, NotFound

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an import: how its columns are read, what became of its rows."""

    id: str
    name: str
    type_key: str
    type_label: str
    headings: Sequence[str]
    sample: Sequence[Sequence[str]]
    columns: Sequence[Mapping[str, Any]]
    mode: str
    match: str
    rows: int
    done: int
    created: int
    updated: int
    unchanged: int
    bad: int
    warned: int
    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import and its files."""

    id: str
    source: str
    state: str
    dry_run: bool
    lenient: bool
    country: str
    message: str
    created_at: datetime
    finished_at: datetime | None
    files: Sequence[FileRow]
    left: Sequence[Mapping[str, str]]

    @property
    def is_running(self) -> bool:
        """Whether the page should look again."""
        return self.state in {"queued", "running", "summing", "undoing"}

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return not self.dry_run and self.state in {"done", "failed", "stopped"}

    @property
    def is_open(self) -> bool:
        """Whether its columns can still be chosen."""
        return self.state == "draft" or (self.state in {"done", "failed"} and self.dry_run)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """What is wrong with a row: ``lines`` are heading, value and reason."""

    file: str
    row: int
    is_refused: bool
    lines: Sequence[Sequence[str]]


def imports(*, actor: Actor, size: int = 50) -> list[ImportRow]:
    """The actor's imports, everybody's for administrators, the newest first. Raises Forbidden."""
    check_permission(actor, "import")
    found = Import.objects.prefetch_related("files").order_by("-pk")
    if not actor.can("crm.manage"):
        found = found.filter(actor_id=actor.id)
    return [_row(one) for one in found[:size]]


def import_row(*, import_id: str, actor: Actor) -> ImportRow:
    """One import. Raises Forbidden, NotFound."""
    return _row(_found(import_id, actor))


def _found(import_id: str, actor: Actor) -> Import:
    check_permission(actor, "import")
    job = Import.objects.prefetch_related("files").filter(public_id=import_id).first()
    if job is None or (job.actor_id != actor.id and not actor.can("crm.manage")):
        raise NotFound(_("There is no such import."))
    return job


def _row(job: Import) -> ImportRow:
    return ImportRow(
        job.public_id, job.source, job.state, job.dry_run, bool(job.options.get("lenient")),
        str(job.options.get("country", "")), job.message, job.created_at, job.finished_at,
        [_file(one) for one in sorted(job.files.all(), key=lambda one: (one.position, one.pk))], job.left,
    )  # fmt: skip


def _file(one: ImportFile) -> FileRow:
    info = catalogue().types.get(one.type_key)
    return FileRow(
        one.public_id, one.name, one.type_key, info.plural if info else "", one.headings, one.sample[:3], one.columns,
        one.mode, one.match, one.rows, one.done, one.created, one.updated, one.unchanged, one.bad, one.warned,
        str(one.layout.get("encoding", "")), str(one.layout.get("delimiter", "")),
    )  # fmt: skip


def problems(*, import_id: str, actor: Actor, size: int = MOST_SHOWN) -> list[ProblemRow]:
    """The first rows that were refused, or lost values. Raises Forbidden, NotFound."""
    job = _found(import_id, actor)
    rows = ImportProblem.objects.filter(file__job=job).select_related("file").order_by("file__position", "file", "row")
    return [ProblemRow(one.file.name, one.row, one.is_refused, one.problems) for one in rows[:size]]


def refused_rows(*, import_id: str, file_id: str, actor: Actor) -> Iterator[str]:
    """The refused rows of a file as CSV, as they stand in it, with their row and reason behind.

    Raises Forbidden, NotFound, Gone when the file is not kept any more.
    """
    job = _found(import_id, actor)
    file = next((one for one in job.files.all() if one.public_id == file_id), None)
    if file is None:
        raise NotFound(_("There is no such file."))
    path = Path(settings.CRM_DIR) / file.stored
    if not path.is_file():
        raise Gone(_("This file is not kept any more."))
    return _lines(file, path)


def _lines(file: ImportFile, path: Path) -> Iterator[str]:
    found = ImportProblem.objects.filter(file=file, is_refused=True).order_by("row").iterator(2_000)
    yield _line([*file.headings, _("Row"), _("Reason")])
    waiting = next(found, None)
    for row in files.rows_of(path, file.layout):
        if waiting is None:
            return
        if row.number < waiting.row:
            continue
        cells = files.fitted(row, len(file.headings)).cells
        cells = [*cells, *[""] * (len(file.headings) - len(cells))]
        yield _line(
            [*cells, row.number, "; ".join(" – ".join(part for part in one if part) for one in waiting.problems)]
        )
        waiting = next(found, None)


def _line(cells: Sequence[Any]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class TargetField:
    """A field a column can become; ``by`` are the ways the records of a relation are found."""

    key: str
    label: str
    kind: str
    type: str
    required: bool
    can_match: bool
    by: Sequence[tuple[str, str]]


def target_types(*, actor: Actor) -> list[tuple[str, str]]:
    """The types the actor may import into: key and label."""
    seat = check_permission(actor, "import")
    return [(one.key, one.plural) for one in catalogue().types.values()
            if seat.on(one.key).create or seat.on(one.key).edit != "none"]  # fmt: skip


def target_fields(*, type_key: str, actor: Actor) -> list[TargetField]:
    """The fields of a type the actor may fill. Raises NotFound."""
    info, seat = catalogue().type(type_key), seat_of(actor)
    may = editable_fields(seat, info)
    return [
        TargetField(
            key, one.label, one.kind, one.type, one.required,
            one.kind == "value" and one.type in {"text", "email", "phone", "number"}, _ways(info, key, seat),
        )
        for key, one in info.fields.items() if key in may
    ]  # fmt: skip


def _ways(info: TypeInfo, key: str, seat: SeatInfo) -> list[tuple[str, str]]:
    one = info.fields[key]
    if one.kind != "relation":
        return []
    ways = {"name": _("Name"), "id": _("Id")}
    for target in one.targets:
        other = catalogue().types.get(target)
        if other is None or seat.on(target).read == "none":
            continue
        for name, field in other.fields.items():
            if field.is_unique or (field.kind == "value" and field.type in {"email", "phone"}):
                ways.setdefault(name, field.label)
    return list(ways.items())
