"""A measure's figures as a table and as JSON."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fairboard.bench.machine import describe


@dataclass
class Report:
    """Rows of one measure: a name, and values by column."""

    name: str
    settings: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, **values: Any) -> None:
        """One more row."""
        self.rows.append(values)

    def as_dict(self) -> dict[str, Any]:
        """Everything, with the machine it was measured on."""
        return {
            "bench": self.name, "settings": self.settings, "machine": describe(), "rows": self.rows,
            "notes": self.notes,
        }  # fmt: skip

    def write(self, path: Path) -> None:
        """Keep the figures as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_dict(), indent=1, default=str) + "\n", encoding="utf-8")

    def show(self, console: Console) -> None:
        """Print the table."""
        table = Table(title=f"{self.name} ({', '.join(f'{k} {v}' for k, v in self.settings.items())})")
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        for column in columns:
            table.add_column(column, justify="left" if column in {"what", "page", "server"} else "right")
        for row in self.rows:
            table.add_row(*(_text(row.get(column, "")) for column in columns))
        console.print(table)
        for note in self.notes:
            console.print(note, markup=False)


def _text(value: Any) -> str:
    return (
        f"{value:,.3g}"
        if isinstance(value, float) and abs(value) < 100
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The median; 0 of none."""
    return statistics.median(values) if values else 0.0
