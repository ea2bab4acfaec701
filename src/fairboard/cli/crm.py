"""`fairboard crm`: files brought in and taken back, search, timelines and figures made anew."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from fairboard.cli.output import err, out, progress, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor

crm_app = typer.Typer(no_args_is_help=True, help="Records of the CRM.")
OPERATOR = Actor("system", "", "system", "command line")


@crm_app.callback()
def _crm() -> None:
    """Records of the CRM."""


@crm_app.command("import")
def import_records(
    files: Annotated[
        list[Path], typer.Argument(help="CSV, XLSX, ZIP, or a folder of them; a Salesforce or HubSpot export as is.")
    ],
    type_key: Annotated[str, typer.Option("--type", help="Object type, such as contact; found out if not given.")] = "",
    match: Annotated[str, typer.Option(help="Field by which rows change records that are there.")] = "",
    mode: Annotated[str, typer.Option(help="create, update or upsert; found out if not given.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of every row.")] = False,
    lenient: Annotated[bool, typer.Option(help="A bad value costs itself, not its row.")] = False,
    country: Annotated[str, typer.Option(help="Country of phone numbers without a code, such as DE.")] = "",
    new_fields: Annotated[bool, typer.Option(help="Make fields for custom columns of a known export.")] = True,
    errors: Annotated[Path | None, typer.Option(help="Where refused rows are written, with their reasons.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import records with progress. Killed, it is taken up by the worker; `crm undo-import` takes it back."""
    startup.ready()
    from fairboard.crm.queries import imports as queries
    from fairboard.crm.services import imports

    given = list(_given(files))
    at = clock.now()
    job = imports.take_in(given=given, actor=OPERATOR, at=at, type_key=type_key, new_fields=new_fields)
    for file in job.files.all():
        if match or mode:
            imports.configure(import_id=job.public_id, file_id=file.public_id, actor=OPERATOR,
                              mode=mode or "upsert", match=match or file.match)  # fmt: skip
    options: dict[str, Any] = ({"country": country} if country else {}) | ({"lenient": True} if lenient else {})
    imports.start(import_id=job.public_id, actor=OPERATOR, at=at, dry_run=dry_run, options=options, enqueue=False)
    _carry_out(job.public_id)
    row = queries.import_row(import_id=job.public_id, actor=OPERATOR)
    if errors is not None:
        _write_refused(row, errors)
    lines = [
        f"{one.name} ({one.type_label}): {one.created:,} created, {one.updated:,} updated, {one.unchanged:,} "
        f"unchanged, {one.bad:,} refused, {one.warned:,} without some values."
        for one in row.files
    ]
    for one in queries.problems(import_id=row.id, actor=OPERATOR, size=10):
        lines += [f"  row {one.row}: {heading} {value!r}: {reason}" for heading, value, reason in one.lines]
    lines.append(f"Import {row.id}: {row.message or row.state}")
    values = {"id": row.id, "state": row.state, "message": row.message, "files": [
        {name: getattr(one, name) for name in ("name", "type_key", "created", "updated", "unchanged", "bad", "warned")}
        for one in row.files
    ]}  # fmt: skip
    result(values, as_json=as_json, text="\n".join(lines))
    raise typer.Exit(1 if row.state == "failed" else 3 if any(one.bad for one in row.files) else 0)


def _given(files: list[Path]) -> Iterator[tuple[str, Path]]:
    """Names and paths, those of a folder in the order of their names; hidden files and other kinds are left out."""
    from fairboard.crm.importing.files import SHEETS

    kinds = {".csv", ".txt", ".tsv", ".zip", *SHEETS}
    for one in files:
        found = [one]
        if one.is_dir():
            found = sorted(
                path for path in one.iterdir()
                if path.is_file() and path.suffix.lower() in kinds and not path.name.startswith(".")
            )  # fmt: skip
        if not found or not found[0].is_file():
            err.print(f"There is no file to import at {one}.", markup=False)
            raise typer.Exit(1)
        yield from ((path.name, path) for path in found)


def _carry_out(import_id: str) -> None:
    from fairboard.crm.services import importing

    job = importing.claim(import_id=import_id, at=clock.now())
    if job is None:
        return
    started = time.monotonic()
    with progress() as bar:
        tasks: dict[int, Any] = {}
        for file in importing.run(job=job, actor=OPERATOR, at=clock.now(), now=clock.now):
            if file.pk not in tasks:
                tasks[file.pk] = bar.add_task(file.name, total=file.rows, rate="")
            rate = f"{file.done / max(0.001, time.monotonic() - started):,.0f} rows/s, {file.bad:,} refused"
            bar.update(tasks[file.pk], completed=min(file.done, file.rows), rate=rate)


def _write_refused(row: Any, target: Path) -> None:
    from fairboard.crm.queries import imports as queries

    with open(target, "w", encoding="utf-8", newline="") as stream:
        for file in row.files:
            if file.bad:
                stream.writelines(queries.refused_rows(import_id=row.id, file_id=file.id, actor=OPERATOR))


@crm_app.command("undo-import")
def undo_import(
    import_id: Annotated[str, typer.Argument(help="The id `crm import` printed.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take an import back: what it created goes, what it changed is as before; what was changed since is named."""
    startup.ready()
    from fairboard.crm.services import import_undo

    job = import_undo.ask(import_id=import_id, actor=OPERATOR, at=clock.now(), enqueue=False)
    done = import_undo.carry_out(job=job, actor=OPERATOR, at=clock.now())
    lines = [f"{done:,} records taken back.", *[f"left: {one['id']} {one['name']}: {one['why']}" for one in job.left]]
    result({"taken_back": done, "left": job.left}, as_json=as_json, text="\n".join(lines))


@crm_app.command("reindex")
def reindex() -> None:
    """Make the search index anew from the records; searches find less until it is done."""
    startup.ready()
    from fairboard.crm.services import search

    done = search.reindex(report=lambda count: err.print(f"{count:,} records", highlight=False))
    out.print(f"{done:,} records are indexed.", highlight=False)


@crm_app.command("rebuild")
def rebuild() -> None:
    """Work out timelines and market figures anew from the ledger, exactly as they are kept."""
    startup.ready()
    from fairboard.crm.services import timeline

    done = timeline.rebuild(at=clock.now())
    out.print(f"{done['events']:,} events read, {done['entries']:,} entries on timelines.", highlight=False)
