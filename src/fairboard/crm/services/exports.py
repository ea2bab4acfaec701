"""Writing records to files that can be fetched for a week: who may, what is left out, and that it is on the ledger."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Export
from fairboard.crm.queries.exporting import Part, columns_of, disarmed, headings_of, parts
from fairboard.crm.queries.records import check_permission, counted, readable, schema_of
from fairboard.crm.services.standing import refuse
from fairboard.filters import FilterError, parse, validate
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Gone, Invalid, NotFound, Problem
from fairboard.ledger.services import Subject, record

FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl",
           "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
AT_ONCE = 5_000
"""Rows up to which the file is written while whoever asked waits."""
KEPT, SILENT = timedelta(days=7), timedelta(minutes=5)
MOST_SHEET = 1_048_575
"""Rows below the headings that a sheet of XLSX can have."""
RUN = tasks.expect("crm.run_export")


def ask(
    *, type_key: str, format: str, actor: Actor, at: datetime, tree: Mapping[str, Any] | None = None,
    columns: Sequence[str] = (),
) -> Export:  # fmt: skip
    """Export the records of a filter: at once when they are few, in the background otherwise.

    Raises Forbidden, NotFound, Invalid.
    """
    seat = check_permission(actor, "export")
    _seat, info = readable(actor, type_key)
    if format not in FORMATS:
        raise Invalid(_("Choose CSV, JSON Lines or XLSX."), field="format")
    try:
        node = validate(parse(tree), schema_of(actor, type_key)) if tree else None
    except FilterError as error:
        raise Invalid(error.message, field="filter") from error
    row = Export.objects.create(
        type_key=info.key, format=format, tree=dict(tree) if tree else None, columns=columns_of(seat, info, columns),
        actor_id=actor.id, created_at=at,
    )  # fmt: skip
    if counted(actor=actor, type_key=type_key, tree=node, most=AT_ONCE + 1) <= AT_ONCE:
        carry_out(export_id=row.public_id, actor=actor, at=at)
        row.refresh_from_db()
    else:
        tasks.enqueue(RUN, export_id=row.public_id)
    return row


def carry_out(*, export_id: str, actor: Actor, at: datetime) -> None:
    """Write the file of an export; one that was killed is begun anew."""
    free = Q(state="queued") | Q(state="running", beat_at__lt=at - SILENT)
    if not Export.objects.filter(free, public_id=export_id).update(state="running", beat_at=at):
        return
    row = Export.objects.get(public_id=export_id)
    path = Path(settings.CRM_DIR) / "exports" / f"{row.public_id}.{row.format}"
    path.parent.mkdir(parents=True, exist_ok=True)
    accounts: set[str] = set()
    try:
        check_permission(actor, "export")
        _seat, info = readable(actor, row.type_key)
        columns = columns_of(_seat, info, row.columns)
        node = validate(parse(row.tree), schema_of(actor, info.key)) if row.tree else None
        found = parts(actor=actor, info=info, tree=node, columns=columns, at=at, as_json=row.format == "jsonl")
        count, held = _WRITERS[row.format](path, info, columns, _noted(found, accounts))
    except (Problem, FilterError) as problem:
        text = problem.detail if isinstance(problem, Problem) else problem.message
        Export.objects.filter(pk=row.pk).update(state="failed", message=text[:400], finished_at=at)
        return
    with transaction.atomic():
        refuse(accounts=sorted(accounts), act="export", actor=actor, at=at, source=f"export {row.public_id}")
        Export.objects.filter(pk=row.pk).update(
            state="done", rows=count, withheld=held, stored=str(path.relative_to(settings.CRM_DIR)), finished_at=at,
            expires_at=at + KEPT,
        )  # fmt: skip
        record(
            kind=events.EXPORTED, subject=Subject("crm.export", row.public_id), actor=actor, at=at,
            data={"type": info.key, "format": row.format, "records": count, "withheld": held, "columns": len(columns)},
        )  # fmt: skip


def _noted(found: Iterator[Part], accounts: set[str]) -> Iterator[Part]:
    """The parts as they are; the accounts on hold that were left out of them are added to ``accounts``."""
    for part in found:
        accounts.update(part.accounts)
        yield part


def _csv(path: Path, info: TypeInfo, columns: Sequence[str], found: Iterator[Part]) -> tuple[int, int]:
    count = held = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([disarmed(one) for one in headings_of(info, columns)])
        for part in found:
            writer.writerows([[disarmed(cell) for cell in row] for row in part.rows])
            count, held = count + len(part.rows), held + part.withheld
    return count, held


def _jsonl(path: Path, info: TypeInfo, columns: Sequence[str], found: Iterator[Part]) -> tuple[int, int]:
    count = held = 0
    keys = [key for key in columns if not key.endswith(".id")]
    kept = [place for place, key in enumerate(columns) if not key.endswith(".id")]
    with open(path, "wb") as stream:
        for part in found:
            for row in part.rows:
                stream.write(orjson.dumps(dict(zip(keys, [row[place] for place in kept], strict=True))) + b"\n")
            count, held = count + len(part.rows), held + part.withheld
    return count, held


def _xlsx(path: Path, info: TypeInfo, columns: Sequence[str], found: Iterator[Part]) -> tuple[int, int]:
    import xlsxwriter  # noqa: PLC0415, only who writes a spreadsheet pays for it

    count = held = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(info.plural[:31].translate(str.maketrans("", "", "[]:*?/\\")) or "Records")
        sheet.write_row(0, 0, [disarmed(one) for one in headings_of(info, columns)])
        for part in found:
            for row in part.rows:
                count += 1
                if count > MOST_SHEET:
                    raise Invalid(_("A spreadsheet holds %(n)d rows: choose CSV.") % {"n": MOST_SHEET}, field="format")
                sheet.write_row(count, 0, [disarmed(cell)[:32_767] if isinstance(cell, str) else cell for cell in row])
            held += part.withheld
    return count, held


_WRITERS = {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx}


def fetch(*, export_id: str, actor: Actor, at: datetime) -> tuple[Path, str, str]:
    """The file of one's own export: where it is, its name, its media type. Raises NotFound, Gone once it expired."""
    check_permission(actor, "export")
    row = Export.objects.filter(public_id=export_id, actor_id=actor.id, state="done").first()
    if row is None:
        raise NotFound(_("There is no such file."))
    path = Path(settings.CRM_DIR) / row.stored
    if row.expires_at is None or row.expires_at <= at or not path.is_file():
        raise Gone(_("This file was kept for a week. Export it again."))
    with transaction.atomic():
        record(kind=events.EXPORT_FETCHED, subject=Subject("crm.export", row.public_id), actor=actor, at=at)
    info = catalogue().types.get(row.type_key)
    name = info.plural.lower().replace(" ", "-") if info else row.type_key
    return path, f"{name}-{row.created_at:%Y-%m-%d}.{row.format}", FORMATS[row.format]


def throw_away(*, at: datetime) -> int:
    """Remove the files that expired; returns how many."""
    found = 0
    for row in Export.objects.filter(expires_at__lte=at).exclude(stored=""):
        (Path(settings.CRM_DIR) / row.stored).unlink(missing_ok=True)
        Export.objects.filter(pk=row.pk).update(stored="")
        found += 1
    return found
