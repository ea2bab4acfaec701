"""How commands speak: results on stdout (text or JSON), everything else on stderr."""

import json
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def result(values: dict[str, Any], *, as_json: bool, text: str) -> None:
    """Print what a command found: one JSON object with ``--json``, otherwise the text."""
    if as_json:
        print(json.dumps(values, default=str, ensure_ascii=False))
    else:
        out.print(text, markup=False)


def progress() -> "Progress":
    """A progress bar on stderr that vanishes when the output is not a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=err, transient=False,
    )  # fmt: skip
