"""One entry of a hash list, and the report on reading a list."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a hash is of: how a photo looks (PDQ), or the exact bytes of a file."""

    PDQ = "pdq"
    SHA256 = "sha256"
    MD5 = "md5"


LENGTHS = {Kind.PDQ: 64, Kind.SHA256: 64, Kind.MD5: 32}
"""Hexadecimal digits of each kind."""
LARGEST_PAGE = 64_000_000
"""Bytes of a page or a file of another form than lines; more is not read."""
_HEX = re.compile(r"[0-9a-f]+")


class BadEntry(ValueError):
    """A line or record that is no entry; says why."""


class Unsupported(BadEntry):
    """A record of a kind Fairboard does not match by, such as a video's hash or a PhotoDNA."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A hash in lower-case hexadecimal digits and what its source says of it.

    ``source`` names the list or member it comes from, ``reference`` the entry there. A ``removed`` entry tells to take
    the hash, or with an empty ``value`` everything of that reference, out of the bank.
    """

    kind: Kind | None
    value: str
    source: str = ""
    reference: str = ""
    labels: tuple[str, ...] = ()
    classification: str = ""
    added: datetime | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Bad:
    """A line (or record), counted from 1, that was left out, and why."""

    line: int
    reason: str


MOST_NAMED = 1_000
"""Bad lines that are kept by name; more are only counted."""


@dataclass(slots=True)
class Report:
    """What reading a list gave; complete when its entries are exhausted."""

    rows: int = 0
    bad: list[Bad] = field(default_factory=list)
    bad_count: int = 0
    unsupported: int = 0

    def note(self, line: int, reason: str) -> None:
        """Count a bad line."""
        self.bad_count += 1
        if len(self.bad) < MOST_NAMED:
            self.bad.append(Bad(line, reason))

    def read(self, numbered: Iterable[tuple[int, Callable[[], Iterable[Entry]]]]) -> Iterator[Entry]:
        """Entries of numbered records; each is parsed by its function, a bad one noted and left out."""
        for number, parse in numbered:
            try:
                entries = list(parse())
            except Unsupported:
                self.unsupported += 1
            except BadEntry as error:
                self.note(number, str(error))
            else:
                self.rows += len(entries)
                yield from entries


def checked(kind: Kind, value: str) -> str:
    """The hash in lower case; raises BadEntry saying what is wrong with it."""
    low = value.strip().lower()
    if len(low) != LENGTHS[kind]:
        raise BadEntry(f"{shown(value)} has {len(low)} characters, a {kind} hash {LENGTHS[kind]}")
    if not _HEX.fullmatch(low):
        raise BadEntry(f"{shown(value)} is not hexadecimal")
    return low


def shown(value: str) -> str:
    """A value as an error may quote it: short, on one line."""
    return repr(value if len(value) <= 40 else value[:40] + "…")


def guessed(value: str) -> Kind:
    """The kind of a bare hash: 32 digits are MD5, 64 PDQ (a list of SHA-256 must be read as such)."""
    return Kind.MD5 if len(value.strip()) == LENGTHS[Kind.MD5] else Kind.PDQ
