"""Matching photos with banks on this machine."""

from collections.abc import Iterable, Sequence

import numpy as np

from fairboard.screening.banks.entries import Entry, Kind
from fairboard.screening.banks.matches import BankMatch, ExactHashes, NoExactHashes, exact_value, forms, nearest
from fairboard.screening.photos.bank import PhotoBank
from fairboard.screening.photos.chunks import words_of
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE, VARIANTS, Fingerprint


class BankMatcher:
    """A bank on this machine: near hashes in a ``PhotoBank``, exact ones in a table. Entries are payload numbers."""

    def __init__(
        self, name: str, bank: PhotoBank, exact: ExactHashes | None = None, distance: int = MATCH_DISTANCE
    ) -> None:
        """``distance`` is the greatest at which a PDQ counts as a match."""
        self.name, self._bank, self._exact, self._distance = name, bank, exact or NoExactHashes(), distance

    def match(self, photos: Sequence[Fingerprint]) -> Sequence[Sequence[BankMatch]]:
        """The matches of each photo, the nearest first."""
        asked = [(number, variant, value) for number, photo in enumerate(photos) for variant, value in forms(photo)]
        answers: list[list[BankMatch]] = [[] for _ in photos]
        found = self._bank.search_many([bytes.fromhex(value) for _, _, value in asked], self._distance)
        for (number, variant, _), near in zip(asked, found, strict=True):
            answers[number] += [
                BankMatch(self.name, str(one.payload), Kind.PDQ, one.value.hex(), one.distance, variant) for one in near
            ]
        for kind in (Kind.SHA256, Kind.MD5):
            known = self._exact.known(kind, [exact_value(photo, kind) for photo in photos])
            for number, photo in enumerate(photos):
                value = exact_value(photo, kind)
                if value in known:
                    answers[number].append(BankMatch(self.name, known[value], kind, value, 0))
        return [nearest(row) for row in answers]


class ListMatcher:
    """A hash list in memory, compared one by one: for commands and small lists. 40 bytes and its entry a hash."""

    def __init__(self, name: str, entries: Iterable[Entry], distance: int = MATCH_DISTANCE) -> None:
        """Removed entries take out what came before them."""
        self.name, self._distance = name, distance
        held: dict[tuple[Kind, str], Entry] = {}
        for one in entries:
            if one.kind is None:
                held = {key: old for key, old in held.items() if old.reference != one.reference}
            elif one.removed:
                held.pop((one.kind, one.value), None)
            else:
                held[one.kind, one.value] = one
        self._near = [one for one in held.values() if one.kind == Kind.PDQ]
        self._exact = {key: one for key, one in held.items() if key[0] != Kind.PDQ}
        joined = b"".join(bytes.fromhex(one.value) for one in self._near)
        self._words = words_of(np.frombuffer(joined, dtype=np.uint8).reshape(-1, 32))

    def __len__(self) -> int:
        """How many hashes it holds."""
        return len(self._near) + len(self._exact)

    def match(self, photos: Sequence[Fingerprint]) -> Sequence[Sequence[BankMatch]]:
        """The matches of each photo, the nearest first."""
        return [nearest([*self._near_to(photo), *self._same_as(photo)]) for photo in photos]

    def _near_to(self, photo: Fingerprint) -> Iterable[BankMatch]:
        for variant, value in forms(photo):
            query = words_of(np.frombuffer(bytes.fromhex(value), dtype=np.uint8)[None, :])
            bits = np.bitwise_count(self._words ^ query).sum(axis=1, dtype=np.int64)
            for at in np.flatnonzero(bits <= self._distance).tolist():
                yield self._met(self._near[at], int(bits[at]), variant)

    def _same_as(self, photo: Fingerprint) -> Iterable[BankMatch]:
        for kind in (Kind.SHA256, Kind.MD5):
            if entry := self._exact.get((kind, exact_value(photo, kind))):
                yield self._met(entry, 0, VARIANTS[0])

    def _met(self, entry: Entry, distance: int, variant: str) -> BankMatch:
        kind = entry.kind or Kind.PDQ
        return BankMatch(
            self.name, entry.reference or entry.value, kind, entry.value, distance, variant, entry.labels
        )  # fmt: skip
