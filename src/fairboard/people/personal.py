"""Whose data lies where: each room says what it holds of a member, and erases what need not be kept.

GDPR art. 15 and 20 (a copy, in a form programs read) and 17 (erasure). Rooms register when they start; a copy asks them
in that order, erasure in the other one, so that the account goes last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

File = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is not erased, and why, said to the member (art. 12(4), 17(3)): texts to be translated."""

    what: str
    why: str


def _nothing(member_id: str, at: datetime) -> list[Kept]:
    return []


@dataclass(frozen=True, slots=True)
class Contributor:
    """A room: ``copies`` yields files by name, ``erases`` removes or blanks rows and says what it keeps.

    ``erases`` runs in the transaction that erases the member and may run again.
    """

    room: str
    copies: Callable[[str], Iterator[File]]
    erases: Callable[[str, datetime], list[Kept]] = field(default=_nothing)


_rooms: dict[str, Contributor] = {}
_holds: list[Callable[[str, datetime], bool]] = []


def register(contributor: Contributor) -> None:
    """Have a room take part in copies and erasures."""
    _rooms[contributor.room] = contributor


def contributors() -> list[Contributor]:
    """Every room that takes part, in the order they were registered."""
    return list(_rooms.values())


def register_hold(hold: Callable[[str, datetime], bool]) -> None:
    """Have a room say whether a legal hold keeps a member's data from being erased at a moment."""
    _holds.append(hold)


def is_held(member_id: str, at: datetime) -> bool:
    """Whether any room holds a member's data."""
    return any(hold(member_id, at) for hold in _holds)
