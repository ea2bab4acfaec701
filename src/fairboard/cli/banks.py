"""`fairboard banks`: hash lists brought in and taken out, and the indexes of photos."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from fairboard.cli.output import err, progress, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound

if TYPE_CHECKING:
    from rich.progress import TaskID

    from fairboard.screening.banks.entries import Entry


class Form(StrEnum):
    """The forms a list can be written in."""

    PLAIN = "plain"
    SIGNALS = "signals"
    CSV = "csv"
    TE = "te"
    JSON = "json"
    NCMEC = "ncmec"
    STOPNCII = "stopncii"


banks_app = typer.Typer(no_args_is_help=True, help="Hash banks: import and export lists.")
OPERATOR = Actor("system", "", "system", "command line")
Name = Annotated[str, typer.Argument(help="The bank's name or id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@banks_app.callback()
def _banks() -> None:
    """Hash banks."""


@banks_app.command("import")
def bring_in(
    bank: Name,
    file: Annotated[Path, typer.Argument(help="A list in any form docs/photos.md names; told apart by itself.")],
    create: Annotated[str, typer.Option(help="Make the bank when there is none: KIND:POLICY:ACTION.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add the hashes of a list; a bad line is named and costs only itself. May be repeated."""
    startup.ready()
    from fairboard.safety.services import banks

    try:
        bank_id = _id(bank)
    except NotFound:
        kind, policy, action = [*create.split(":"), "", "", ""][:3]
        if not create:
            raise
        bank_id = banks.create(
            name=bank, kind=kind, policy=policy, action=action, actor=OPERATOR, at=clock.now()
        )  # fmt: skip
    found = banks.bring_in_file(bank_id=bank_id, path=file, actor=OPERATOR, at=clock.now())
    for line in found.bad:
        err.print(f"{file}:{line.number}: {line.error}", style="red", markup=False)
    values = {name: value for name, value in asdict(found).items() if name != "bad"}
    values["bad"] = values.pop("bad_count")
    said = (
        f"{found.added:,} added, {found.restored:,} back again, {found.removed:,} taken out, {found.known:,} known, "
        f"{found.other:,} of another kind, {found.bad_count:,} bad."
    )
    result(values, as_json=as_json, text=said)
    raise typer.Exit(3 if found.bad_count else 0)


@banks_app.command("export")
def export(
    bank: Name,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output otherwise.")] = None,
    form: Annotated[Form, typer.Option(help="plain, signals, csv, te (python-threatexchange), json, ncmec, stopncii.")]
    = Form.JSON,
) -> None:  # fmt: skip
    """Write the hashes of a bank in a form that other programs, and `import`, read."""
    startup.ready()
    from fairboard.safety.queries.banks import exported

    entries = exported(bank_id=_id(bank), actor=OPERATOR)
    if out is None:
        _write(form, entries, sys.stdout)
        return
    draft = out.with_name(out.name + ".part")
    with open(draft, "w", encoding="utf-8", newline="") as stream:
        _write(form, entries, stream)
    draft.replace(out)


def _write(form: Form, entries: Iterator["Entry"], stream: TextIO) -> None:
    from fairboard.screening.banks import lists, ncmec, stopncii

    at = clock.now()
    if form is Form.NCMEC:
        ncmec.write(entries, stream, newest=at)
    elif form is Form.STOPNCII:
        json.dump(stopncii.write(entries, since=int(at.timestamp())), stream)
    else:
        getattr(lists, f"write_{form.value}")(entries, stream)


@banks_app.command("reindex")
def reindex(as_json: AsJson = False) -> None:
    """Build the indexes by which near photos are found, from the database; the market goes on meanwhile."""
    startup.ready()
    from fairboard.safety import photo_index

    found = {}
    with progress() as bar:
        for name, source in photo_index.SOURCES.items():
            task = bar.add_task(name, total=None, rate="")

            def tell(what: str, done: int, total: int, task: "TaskID" = task) -> None:
                bar.update(task, completed=done, total=total)

            found[name] = photo_index.reindex(source, tell)
    said = ", ".join(f"{name} {count:,}" for name, count in found.items())
    result(found, as_json=as_json, text=f"Photos that can be found: {said}.")


def _id(name: str) -> str:
    from fairboard.safety.queries.banks import banks

    for one in banks(actor=OPERATOR, at=clock.now()):
        if name in {one.id, one.name}:
            return one.id
    raise NotFound(f"There is no bank {name}. Make it with --create KIND:POLICY:ACTION.")
