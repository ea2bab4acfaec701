"""Cells for files that people open in a spreadsheet."""

from typing import Any

ARMED = ("=", "+", "-", "@", "\t", "\r")
"""What a text may not begin with: a spreadsheet would take it for a formula (OWASP, CSV injection)."""


def disarmed(cell: Any) -> Any:
    """A cell no spreadsheet runs: a text that could be a formula begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(ARMED) else cell
