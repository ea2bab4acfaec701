"""What the screening may look up, as interfaces: the library does no I/O of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RefusedMatch:
    """An earlier refused submission that resembles this one; similarity 0 to 1."""

    submission_id: str
    similarity: float
    policy: str


class RefusedStore(Protocol):
    """Texts that were refused."""

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Refused texts that share a band, the most similar first."""
        ...


class HashBank(Protocol):
    """Photos that were refused, by SHA-256."""

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Those of the hashes that are in the bank."""
        ...


class NoRefused:
    """Knows no refused text."""

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Nothing."""
        return ()


class EmptyBank:
    """Knows no photo."""

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Nothing."""
        return ()


@dataclass(frozen=True)
class Stores:
    """Everything the screening may look up."""

    refused: RefusedStore = field(default_factory=NoRefused)
    photos: HashBank = field(default_factory=EmptyBank)
