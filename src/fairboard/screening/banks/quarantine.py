"""A guard against floods: an entry or a bank that suddenly matches far too much is put aside.

A wrong hash in a shared list (a flat picture, a logo) can match thousands of innocent photos at once. What is put
aside no longer acts by itself; its matches still go to a person. Only a person puts it back.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fairboard.screening.banks.matches import BankMatch

_MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How many different subjects (ads, profiles) may match within ``window`` before an entry or bank is put aside."""

    entry: int = 20
    bank: int = 200
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PutAside:
    """What was put aside: a bank, and its entry unless all of it."""

    bank: str
    entry: str
    at: datetime
    subjects: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """Matches that may act, matches a person has to look at, and what was put aside just now."""

    acting: tuple[BankMatch, ...]
    aside: tuple[BankMatch, ...]
    put_aside: tuple[PutAside, ...]


class Quarantine:
    """Counts subjects by entry and by bank in a sliding window. Time is told; nothing is kept outside this object."""

    def __init__(self, limits: Limits | None = None, held: Iterable[PutAside] = ()) -> None:
        """``held`` is what earlier runs put aside."""
        self._limits = limits or Limits()
        self._held = {(one.bank, one.entry): one for one in held}
        self._seen: dict[tuple[str, str], deque[tuple[datetime, str]]] = {}

    @property
    def held(self) -> tuple[PutAside, ...]:
        """Everything that is put aside now."""
        return tuple(self._held.values())

    def release(self, bank: str, entry: str = "") -> None:
        """Put an entry, or with no entry the bank, back; its count begins anew."""
        self._held.pop((bank, entry), None)
        self._seen.pop((bank, entry), None)

    def admit(self, subject: str, matches: Iterable[BankMatch], *, at: datetime) -> Admitted:
        """Count the matches of one subject and say which of them may act by themselves."""
        given = tuple(matches)
        new = []
        for key in dict.fromkeys(key for one in given for key in ((one.bank, one.entry), (one.bank, ""))):
            count = self._count(key, subject, at)
            if count > (self._limits.entry if key[1] else self._limits.bank) and key not in self._held:
                self._held[key] = PutAside(*key, at, count)
                new.append(self._held[key])
        aside = tuple(one for one in given if (one.bank, one.entry) in self._held or (one.bank, "") in self._held)
        return Admitted(tuple(one for one in given if one not in aside), aside, tuple(new))

    def _count(self, key: tuple[str, str], subject: str, at: datetime) -> int:
        """How many different subjects matched within the window, this one among them."""
        if len(self._seen) > _MOST_KEYS:
            old = at - self._limits.window
            self._seen = {one: seen for one, seen in self._seen.items() if seen and seen[-1][0] > old}
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0][0] <= at - self._limits.window:
            seen.popleft()
        if all(subject != other for _, other in seen):
            seen.append((at, subject))
        if len(seen) > 10 * max(self._limits.entry, self._limits.bank):
            seen.popleft()
        return len(seen)
