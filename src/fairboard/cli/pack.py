"""`fairboard pack`: read, check and try policy packs, without a database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairboard.cli.output import err, out, result

if TYPE_CHECKING:
    from fairboard.screening.pack import Pack

pack_app = typer.Typer(help="Read, check and try policy packs.", no_args_is_help=True)


@pack_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The YAML file of a pack.")],
    against: Annotated[
        str, typer.Option(help="What to compare with: the id of a packaged pack or a file; by itself its namesake.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check a pack, run its own tests, and say what it changes. Exit code 1 when it cannot be used or a test fails."""
    from fairboard.screening.pack import PackError, load, policies
    from fairboard.screening.pack_trials import changes, failures

    try:
        pack = load(file, policies())
        other = _other(pack, against)
    except PackError as error:
        where = str(file) if error.name == file.name else error.name
        faults = [{"line": one.line, "column": one.column, "message": one.message} for one in error.faults]
        if as_json:
            result({"file": where, "faults": faults}, as_json=True, text="")
        for fault in error.faults:
            err.print(f"{where}:{fault.line}:{fault.column}: {fault.message}", style="red", markup=False)
        raise typer.Exit(1) from error
    except (OSError, UnicodeDecodeError) as error:
        err.print(f"The file {file} cannot be read: {error}", style="red", markup=False)
        raise typer.Exit(1) from error
    failed = list(failures(pack))
    changed = changes(other, pack) if other else []
    values = {
        "file": str(file), "id": pack.id, "version": pack.version, "terms": len(pack.terms), "rules": len(pack.rules),
        "indicators": len(pack.indications), "tests": len(pack.trials), "faults": [],
        "failures": [{"line": one.line, "message": one.message} for one in failed],
        "against": f"{other.id} {other.version}" if other else "",
        "changes": [{"what": one.what, "part": one.part, "name": one.name} for one in changed],
    }  # fmt: skip
    text = (
        f"{pack.id} {pack.version}: {len(pack.terms)} terms, {len(pack.indications)} indicators, "
        f"{len(pack.rules)} rules, {len(pack.trials)} tests, {len(failed)} failed."
    )
    if other:
        text += f"\nAgainst {other.id} {other.version}: " + (f"{len(changed)} changes." if changed else "no change.")
        text += "".join(f"\n  {one}" for one in changed)
    result(values, as_json=as_json, text=text)
    for one in failed:
        err.print(f"{file}:{one.line}: {one.message}", style="red", markup=False)
    raise typer.Exit(1 if failed else 0)


@pack_app.command("show")
def show(name: Annotated[str, typer.Argument(help="The id of a packaged pack; all are listed without.")] = "") -> None:
    """List the packaged packs, or print one as YAML, to begin a pack of your own."""
    from fairboard.screening.pack import packaged_packs

    if not name:
        for pack in packaged_packs():
            out.print(
                f"{pack.id} {pack.version}: {len(pack.terms)} terms, {len(pack.indications)} indicators, "
                f"{len(pack.rules)} rules",
                markup=False,
            )
        return
    sys.stdout.write(_packaged(name).read_text(encoding="utf-8"))


def _packaged(name: str) -> Path:
    from fairboard.screening.pack import FOLDER, packaged_packs

    known = {pack.id: FOLDER / f"{pack.id}.yaml" for pack in packaged_packs()}
    if name not in known:
        err.print(f"There is no pack {name}; there are {', '.join(known)}.", style="red", markup=False)
        raise typer.Exit(1)
    return known[name]


def _other(pack: "Pack", against: str) -> "Pack | None":
    """The pack to compare with: a named one, a file, or the packaged one of the same id."""
    from fairboard.screening.pack import default_packs, load, policies

    named = next((one for one in default_packs() if one.id == (against or pack.id)), None)
    if named is None and against:
        return load(Path(against), policies())
    return named
