"""`fairboard rules`: rules as files in git, validated, brought in, tried on history."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from fairboard.cli.output import err, progress, result
from fairboard.kit import clock, startup
from fairboard.kit.actors import Actor

rules_app = typer.Typer(no_args_is_help=True, help="Safety rules: export, validate, import, back-test.")
OPERATOR = Actor("system", "", "system", "command line")
Folder = Annotated[Path, typer.Argument(help="A folder of rule files, one YAML file a rule.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@rules_app.callback()
def _rules() -> None:
    """Safety rules."""


@rules_app.command("export")
def export(folder: Folder, as_json: AsJson = False) -> None:
    """Write the newest version of every rule into a folder."""
    startup.ready()
    from fairboard.safety.services import rule_files

    written = rule_files.export(folder=folder, actor=OPERATOR)
    result({"files": [str(path) for path in written]}, as_json=as_json, text=f"{len(written)} rules in {folder}.")


@rules_app.command("validate")
def validate(folder: Folder, as_json: AsJson = False) -> None:
    """Name everything wrong with the files of a folder by file, line and column; nothing is kept."""
    startup.start()
    from fairboard.safety.services import rule_files

    found, mistakes = rule_files.read_folder(_folder(folder))
    for one in mistakes:
        err.print(str(one), style="red", markup=False)
    values = {"rules": len(found), "mistakes": [asdict(one) for one in mistakes]}
    result(values, as_json=as_json, text=f"{len(found)} rules, {len(mistakes)} mistakes.")
    raise typer.Exit(1 if mistakes else 0)


@rules_app.command("import")
def bring_in(
    folder: Folder,
    life: Annotated[
        str, typer.Option(help="draft, shadow or live; live needs a back-test of the very text.")
    ] = "draft",
    as_json: AsJson = False,
) -> None:
    """Bring in new and changed rules; with a mistake in any file nothing is written."""
    if life not in {"draft", "shadow", "live"}:
        raise typer.BadParameter("choose draft, shadow or live", param_hint="--life")
    startup.ready()
    from fairboard.safety.services import rule_files

    folder = _folder(folder)
    if life == "live":
        found, mistakes = rule_files.read_folder(folder)
        untried = rule_files.untried(found) if not mistakes else []
        if untried:
            err.print(f"No finished back-test of this text: {', '.join(untried)}.", style="red", markup=False)
            err.print("Import as drafts, then run `fairboard rules backtest KEY`.", markup=False)
            raise typer.Exit(1)
    brought, mistakes = rule_files.bring_in(folder=folder, actor=OPERATOR, at=clock.now(), life=life)
    for wrong in mistakes:
        err.print(str(wrong), style="red", markup=False)
    if mistakes:
        err.print("Nothing was brought in.", markup=False)
        raise typer.Exit(1)
    lines = [f"{one.key} version {one.number}: {one.what}, {one.life}" for one in brought]
    result({"rules": [asdict(one) for one in brought]}, as_json=as_json, text="\n".join(lines))


@rules_app.command("backtest")
def backtest(
    key: Annotated[str, typer.Argument(help="The key of a rule.")],
    version: Annotated[int, typer.Option(help="Which version; the newest when 0.")] = 0,
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=3650)] = 90,
    as_json: AsJson = False,
) -> None:
    """Try a rule on what was judged before. Interrupted, the same command goes on where it stopped."""
    startup.ready()
    from fairboard.safety.queries import backtests as queries
    from fairboard.safety.queries.rules import rule_by_key
    from fairboard.safety.services import backtests

    found = rule_by_key(key=key, actor=OPERATOR)
    at = clock.now()
    test_id = backtests.ask(
        rule_id=found.id, number=version or found.newest, actor=OPERATOR, at=at,
        since=at - timedelta(days=days), until=at, in_background=False,
    )  # fmt: skip
    try:
        with progress() as bar:
            task = bar.add_task("Back-test", total=None, rate="")
            while backtests.advance(test_id=test_id, at=clock.now(), seconds=0.5):
                row = queries.back_test(test_id=test_id, actor=OPERATOR)
                bar.update(task, total=row.total, completed=row.seen, rate=f"{row.hits:,} hits")
    except KeyboardInterrupt:
        err.print("Interrupted. Run the same command to go on.")
        raise typer.Exit(130) from None
    row = queries.back_test(test_id=test_id, actor=OPERATOR)
    result(asdict(row), as_json=as_json, text=_said(row))
    raise typer.Exit(0 if row.state == "done" else 1)


def _said(row: object) -> str:
    from fairboard.safety.queries.backtests import BackTestRow

    assert isinstance(row, BackTestRow)
    lines = [f"{row.seen:,} looked at, {row.hits:,} hit ({row.state})."]
    lines += [f"  {name:<12} {count:,}" for name, count in row.states.items()]
    if row.precision is not None:
        low, high = row.interval or (0.0, 1.0)
        lines.append(f"  precision    {row.precision:.0%} ({low:.0%} to {high:.0%}), from what people decided")
    if row.against:
        lines.append(f"  beside version {row.against}: {row.added:,} more, {row.dropped:,} fewer")
    return "\n".join(lines)


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        err.print(f"There is no folder {folder}.", style="red", markup=False)
        raise typer.Exit(1)
    return folder
