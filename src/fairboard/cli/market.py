"""`fairboard import ads` and `fairboard export ads`."""

import csv
import gc
import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from fairboard.cli.output import err, progress, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor

import_app = typer.Typer(no_args_is_help=True, help="Bring data in.")
export_app = typer.Typer(no_args_is_help=True, help="Take data out.")
OPERATOR = Actor("system", "", "system", "command line")


@import_app.callback()
def _import() -> None:
    """Bring data in."""


@export_app.callback()
def _export() -> None:
    """Take data out."""


@import_app.command("ads")
def import_ads(
    file: Annotated[Path, typer.Argument(help="A CSV or JSON Lines file.")],
    seller: Annotated[str, typer.Option(help="E-mail of the member the ads belong to; made when new.")],
    source: Annotated[str, typer.Option(help="A name for the sender's system: ids are unique within it.")] = "file",
    mapping: Annotated[Path | None, typer.Option("--map", help="A mapping file (YAML), see docs/import.md.")] = None,
    category: Annotated[str, typer.Option(help="Category of rows that name none.")] = "",
    place: Annotated[str, typer.Option(help="City of rows that name none.")] = "",
    kind: Annotated[str, typer.Option("--format", help="csv or jsonl; found out when not given.")] = "",
    photos: Annotated[Path | None, typer.Option(help="Folder of the photos the rows name.")] = None,
    report: Annotated[Path | None, typer.Option(help="Where bad rows go; FILE.bad beside the file otherwise.")] = None,
    restart: Annotated[bool, typer.Option(help="Begin with the first row again; nothing is placed twice.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Show how the columns are read and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import ads with progress. Interrupted, it goes on where it stopped; bad rows go to a report."""
    startup.ready()
    from fairboard.market.importing import files, guessing
    from fairboard.market.importing import mapping as maps
    from fairboard.market.importing.report import Report
    from fairboard.market.services import importing
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services import members

    found = files.open_source(file, kind)
    given = maps.read_mapping(mapping) if mapping else maps.ColumnMap()
    defaults = {"category": category, "place": place}
    given = maps.with_defaults(given, {name: value for name, value in defaults.items() if value})
    sample = [one.values for one in islice(found.records(), guessing.SAMPLE)]
    columns = guessing.guess(found.headings, given, given.defaults.get("category", ""), sample)
    if check:
        _show_mapping(columns, as_json)
        return
    maps.require(columns)
    if "price" not in columns.columns:
        err.print("No column reads as the price: these ads are shown without one. --check shows how columns are read.")
    at = clock.now()
    member = actor_by_id(members.ensure_member(actor=OPERATOR, email=seller, role=None, at=at))
    assert member is not None
    path = report or file.with_name(f"{file.name}.bad.{found.kind}")
    wanted = importing.Wanted(found, columns, member, source[:60], photos)
    gc.freeze()  # the program is no garbage: looking through it again and again is a tenth of an import
    steps = importing.run(wanted=wanted, actor=OPERATOR, report=Report(path, found), restart=restart)
    try:
        last = _watch(steps, found.lines())
    except KeyboardInterrupt:
        err.print("Interrupted. What was imported stays; run the same command to go on.")
        raise typer.Exit(130) from None
    said = (
        f"{last.rows:,} rows: {last.added:,} added, {last.changed:,} changed, {last.unchanged:,} unchanged, "
        f"{last.bad:,} bad; {last.stopped:,} wait for the desk or were refused."
    )
    if path.exists():
        err.print(f"Rows with problems: {path}", markup=False)
    result({**asdict(last), "report": str(path) if path.exists() else None}, as_json=as_json, text=said)
    raise typer.Exit(3 if last.bad else 0)


def _watch(steps: Iterable[Any], total: int) -> Any:
    """Show the progress of the steps; returns the last one."""
    last: Any = None
    started, first = time.monotonic(), None
    with progress() as bar:
        task = bar.add_task("Importing", total=total, rate="")
        for last in steps:
            first = last.rows if first is None else first
            rate = (last.rows - first) / max(0.001, time.monotonic() - started)
            bar.update(task, completed=last.rows, rate=f"{rate:,.0f} rows/s, {last.bad:,} bad")
        bar.update(task, total=last.rows, completed=last.rows)
    return last


def _show_mapping(columns: Any, as_json: bool) -> None:
    read = {**columns.columns, **{f"attributes.{key}": name for key, name in columns.attributes.items()}}
    values = {
        "columns": read,
        "defaults": dict(columns.defaults),
        "factors": {k: str(v) for k, v in columns.factors.items()},
    }
    lines = [f"{name:<24} {heading}" for name, heading in read.items()]
    lines += [f"{name:<24} always {value}" for name, value in columns.defaults.items()]
    result(values, as_json=as_json, text="\n".join(lines))


@export_app.command("ads")
def export_ads(
    out: Annotated[Path | None, typer.Option(help="File to write; standard output otherwise.")] = None,
    kind: Annotated[str, typer.Option("--format", help="csv or jsonl.")] = "jsonl",
    state: Annotated[str, typer.Option(help="Only ads of this state, such as live.")] = "",
) -> None:
    """Write ads in the shape `fairboard import ads` reads."""
    if kind not in {"csv", "jsonl"}:
        raise typer.BadParameter("choose csv or jsonl", param_hint="--format")
    startup.ready()
    from fairboard.market.queries.export import COLUMNS, exported

    with _opened(out) as stream:
        if kind == "jsonl":
            for row in exported(actor=OPERATOR, state=state):
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        else:
            writer = csv.DictWriter(stream, [*COLUMNS])
            writer.writeheader()
            for row in exported(actor=OPERATOR, state=state):
                writer.writerow({**row, "attributes": json.dumps(row["attributes"], ensure_ascii=False)})


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    with open(out, "w", encoding="utf-8", newline="") as stream:
        yield stream


def reindex(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Build the search index anew; the market goes on. Interrupted, it goes on where it stopped."""
    startup.ready()
    cards = rebuild_index()
    result({"cards": cards}, as_json=as_json, text=f"{cards:,} ads are in the new index.")


def rebuild_index() -> int:
    """Build the search index anew with a progress bar; returns how many ads it holds."""
    from fairboard.market.services.reindex import reindex as rebuild

    with progress() as bar:
        task = bar.add_task("Indexing", total=None, rate="")
        return rebuild(lambda done, total: bar.update(task, completed=done, total=total))
