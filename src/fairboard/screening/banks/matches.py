"""What it means that a photo is in a bank, wherever the bank lives. Loads neither numpy nor Pillow.

A ``Matcher`` may hold its hashes here (``matching.ListMatcher``, ``matching.BankMatcher``) or ask somebody else who is
allowed to hold them (``remote.RemoteMatcher``): a photo is matched without the list ever being here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairboard.screening.banks.entries import Kind
from fairboard.screening.photos.fingerprint import VARIANTS, Fingerprint


@dataclass(frozen=True, slots=True)
class BankMatch:
    """A photo meets an entry: ``distance`` 0 to 31 for PDQ, 0 for exact hashes; ``variant`` is how the photo lies."""

    bank: str
    entry: str
    kind: Kind
    value: str
    distance: int
    variant: str = "original"
    labels: tuple[str, ...] = ()


class Matcher(Protocol):
    """Something that knows bad photos."""

    name: str

    def match(self, photos: Sequence[Fingerprint]) -> Sequence[Sequence[BankMatch]]:
        """The matches of each photo, the nearest first. Raises an error when it could not look: that is no "none"."""
        ...


class ExactHashes(Protocol):
    """Exact hashes of a bank: a table, or a dictionary."""

    def known(self, kind: Kind, values: Sequence[str]) -> Mapping[str, str]:
        """Those of the values that are in the bank, with their entries."""
        ...


class NoExactHashes:
    """Knows none."""

    def known(self, kind: Kind, values: Sequence[str]) -> Mapping[str, str]:
        """Nothing."""
        return {}


def forms(photo: Fingerprint) -> list[tuple[str, str]]:
    """What is looked up by PDQ, as (variant, hash): nothing when the photo says too little to be matched by."""
    if not photo.matchable:
        return []
    return list(zip(VARIANTS, photo.variants, strict=True)) if photo.variants else [(VARIANTS[0], photo.pdq)]


def exact_value(photo: Fingerprint, kind: Kind) -> str:
    """The exact hash of a kind."""
    return photo.sha256 if kind == Kind.SHA256 else photo.md5


def nearest(matches: Iterable[BankMatch]) -> list[BankMatch]:
    """Each entry once, by its nearest form; the nearest entry first."""
    best: dict[tuple[str, Kind], BankMatch] = {}
    for one in matches:
        held = best.get((one.entry, one.kind))
        if held is None or one.distance < held.distance:
            best[one.entry, one.kind] = one
    return sorted(best.values(), key=lambda one: (one.distance, one.entry))
