"""`fairboard banks`: hash lists brought in and taken out."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from fairboard.cli.output import err, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound

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
    file: Annotated[Path, typer.Argument(help="A list: HASH, HASH,note or JSON with hash, one a line.")],
    create: Annotated[str, typer.Option(help="Make the bank when there is none: KIND:POLICY:ACTION.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add the hashes of a list; a bad line is named and costs only itself. May be repeated."""
    startup.ready()
    from fairboard.safety.services import banks

    with open(file, encoding="utf-8", errors="replace") as stream:
        try:
            bank_id = _id(bank)
        except NotFound:
            kind, policy, action = [*create.split(":"), "", "", ""][:3]
            if not create:
                raise
            bank_id = banks.create(
                name=bank, kind=kind, policy=policy, action=action, actor=OPERATOR, at=clock.now()
            )  # fmt: skip
        found = banks.bring_in(bank_id=bank_id, lines=stream, actor=OPERATOR, at=clock.now())
    for line in found.bad:
        err.print(f"{file}:{line.number}: {line.error}", style="red", markup=False)
    values = {"added": found.added, "known": found.known, "restored": found.restored, "bad": found.bad_count}
    said = f"{found.added:,} added, {found.restored:,} back again, {found.known:,} known, {found.bad_count:,} bad."
    result(values, as_json=as_json, text=said)
    raise typer.Exit(3 if found.bad_count else 0)


@banks_app.command("export")
def export(
    bank: Name, out: Annotated[Path | None, typer.Option(help="File to write; standard output otherwise.")] = None
) -> None:
    """Write the hashes of a bank as JSON lines, as they are brought in."""
    startup.ready()
    from fairboard.safety.queries.banks import exported

    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in exported(bank_id=_id(bank), actor=OPERATOR))
    if out is None:
        sys.stdout.writelines(lines)
    else:
        with open(out, "w", encoding="utf-8") as stream:
            stream.writelines(lines)


def _id(name: str) -> str:
    from fairboard.safety.queries.banks import banks

    for one in banks(actor=OPERATOR, at=clock.now()):
        if name in {one.id, one.name}:
            return one.id
    raise NotFound(f"There is no bank {name}. Make it with --create KIND:POLICY:ACTION.")
