"""What other subjects keep of a record moves with it when it is merged, and back when the merge is undone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

Move = Callable[[int, Sequence[int], datetime], Any]
Back = Callable[[int, Any, datetime], None]
_moves: dict[str, tuple[Move, Back]] = {}


def moved_by(name: str, move: Move, back: Back) -> None:
    """Register who moves rows of one's own: ``move(survivor, losers, at)`` returns JSON, ``back(survivor, it, at)``
    undoes it.

    Both are called in the merge's transaction, with rows (primary keys) of records.
    """
    _moves[name] = (move, back)


def move_all(survivor: int, losers: Sequence[int], at: datetime) -> dict[str, Any]:
    """Let everybody move what they keep; returns what undoing it needs, by name."""
    return {name: move(survivor, losers, at) for name, (move, _back) in _moves.items()}


def back_all(survivor: int, kept: Mapping[str, Any], at: datetime) -> None:
    """Let everybody take back what they moved."""
    for name, given in kept.items():
        if name in _moves:
            _moves[name][1](survivor, given, at)
