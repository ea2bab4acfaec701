"""`fairboard screen`: what the gate's library makes of texts, without a database."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from fairboard.cli.output import err


def screen(
    file: Annotated[str, typer.Argument(help="A file of JSON lines, or - for standard input.")] = "-",
) -> None:
    """Read objects with id, title, body, category and place; write one verdict a line."""
    if file != "-" and not Path(file).is_file():
        err.print(f"There is no file {file}.", style="red", markup=False)
        raise typer.Exit(1)
    from fairboard.market.data.cities import country_of_city
    from fairboard.screening.cli_io import screen_lines

    for line in screen_lines(_lines(file), country_of_city, time.gmtime().tm_year):
        sys.stdout.write(line + "\n")


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from (raw.decode("utf-8", "replace") for raw in sys.stdin.buffer)
        return
    with open(file, encoding="utf-8", errors="replace") as stream:
        yield from stream
