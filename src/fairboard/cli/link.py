"""`fairboard link`: which ads of a file are copies of one template, and who belongs together. No database."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from fairboard.cli.output import err, progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from fairboard.screening.links.files import Ads
    from fairboard.screening.links.report import Linked

SHOWN_REFUSALS = 20


def link(
    file: Annotated[Path, typer.Argument(help="A CSV, JSON Lines (.jsonl) or Parquet file with one ad a row.")],
    out: Annotated[Path, typer.Option("--out", help="Where id, cluster, network and template go, as CSV; - prints.")],
    id_column: Annotated[str, typer.Option("--id", help="Column of the id; guessed when not given.")] = "",
    title: Annotated[str, typer.Option(help="Column of the title.")] = "",
    text: Annotated[str, typer.Option(help="Column of the text.")] = "",
    phone: Annotated[str, typer.Option(help="Column of a telephone number.")] = "",
    email: Annotated[str, typer.Option(help="Column of an e-mail address.")] = "",
) -> None:
    """Find campaigns (ads of one template) and networks (campaigns and ads that share contact data)."""
    if not file.is_file():
        err.print(f"There is no file {file}.", style="red", markup=False)
        raise typer.Exit(1)
    from fairboard.screening.links import files, report

    given = {"id": id_column, "title": title, "text": text, "phone": phone, "email": email}
    began = time.monotonic()
    try:
        with progress() as bar:
            shown = _Shown(bar)
            ads = files.read(file, given, lambda: shown("read", 0, 0))
            linked = report.link_ads(ads.texts, ads.contacts, shown)
            templates = report.templates(ads.texts, linked.campaigns, shown)
        _write(out, lambda stream: files.write(stream, report.rows(ads.ids, linked, templates)))
    except files.Unreadable as error:
        err.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        err.print("Interrupted; nothing was written.")
        raise typer.Exit(130) from None
    _tell(ads, linked, time.monotonic() - began)
    if ads.refused:
        raise typer.Exit(3)


class _Shown:
    """A bar for each step, advanced as it is told."""

    def __init__(self, bar: "Progress") -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._tasks:
            for one in self._tasks.values():
                self._bar.update(one, visible=False)
            self._tasks[step] = self._bar.add_task(step, total=total or None, rate="")
        self._bar.update(self._tasks[step], completed=min(done, total))


def _write(out: Path, to: Callable[[TextIO], None]) -> None:
    """Write whole or not at all: beside the file first, then in its place."""
    if str(out) == "-":
        to(sys.stdout)
        return
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            to(stream)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _tell(ads: "Ads", linked: "Linked", seconds: float) -> None:
    """What was found, and the rows that were not taken, on stderr."""
    if ads.numbered:
        err.print("No column reads as the id: the rows' numbers serve as ids.")
    columns = ", ".join(f"{role}: {column}" for role, column in ads.columns.items())
    err.print(f"Columns read: {columns}.", markup=False)
    counts = [(len(set(labels[labels >= 0].tolist())), int((labels >= 0).sum())) for labels in
              (linked.campaigns, linked.networks)]  # fmt: skip
    err.print(
        f"{len(ads.ids):,} ads in {seconds:,.1f} s: {counts[0][0]:,} campaigns of {counts[0][1]:,} ads, "
        f"{counts[1][0]:,} networks of {counts[1][1]:,}.",
        markup=False,
    )
    for number, why in ads.refused[:SHOWN_REFUSALS]:
        err.print(f"Row {number} left out: {why}.", markup=False)
    if len(ads.refused) > SHOWN_REFUSALS:
        err.print(f"{len(ads.refused) - SHOWN_REFUSALS:,} more rows were left out.", markup=False)
