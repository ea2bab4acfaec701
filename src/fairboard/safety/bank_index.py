"""Finding hashes of banks near another: PDQ hashes match within 31 of their 256 bits (ThreatExchange's threshold)."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from fairboard.safety import photo_index
from fairboard.safety.models import BankEntry
from fairboard.safety.photo_index import Row, Source
from fairboard.screening.photos.fingerprint import GOOD_QUALITY, MATCH_DISTANCE

NEAR = MATCH_DISTANCE
"""Bits that may differ in a match: the threshold of PDQ's authors and of the exchanges."""
LEAST_QUALITY = GOOD_QUALITY
"""Photos below this quality have too few details for their hash to mean anything (PDQ's own advice)."""
CHUNK = 5_000


def nearest(pdqs: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each PDQ hash the entries within 31 bits of it or a turned or mirrored form, as (entry id, distance).

    The nearest first; removed ones, and those of banks that are switched off, left out. Raises NotReady.
    """
    found = photo_index.nearest(SOURCE, pdqs, turned=True)
    wanted = {one.number for near in found for one in near}
    held = dict(_entries().filter(pk__in=wanted, bank__enabled=True).values_list("pk", "value")) if wanted else {}
    return [
        [(one.number, one.distance) for one in near if held.get(one.number) == one.value.hex()]
        for near in found
    ]  # fmt: skip


def prepare() -> None:
    """Make the index there before the first entry is."""
    photo_index.prepare(SOURCE)


def add(entries: Sequence[tuple[int, str]]) -> None:
    """Make PDQ entries (id, hash) findable, in the running transaction; raises NotReady."""
    photo_index.add(SOURCE, [(number, bytes.fromhex(value)) for number, value in entries])


def _entries() -> "QuerySet[BankEntry]":
    return BankEntry.objects.filter(bank__kind="pdq", removed_at__isnull=True)


def _rows() -> Iterator[Sequence[Row]]:
    last = 0
    while batch := list(_entries().filter(pk__gt=last).order_by("pk").values_list("pk", "value")[:CHUNK]):
        yield [(number, bytes.fromhex(value)) for number, value in batch]
        last = batch[-1][0]


SOURCE = photo_index.register(
    Source("banks", _rows, lambda: not _entries().exists(), lambda: _entries().count())
)  # fmt: skip
