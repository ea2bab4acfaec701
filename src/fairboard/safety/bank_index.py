"""Finding hashes near another: PDQ hashes match within 31 of their 256 bits (ThreatExchange's threshold).

A hash is cut into 16 pieces of 16 bits. Of 31 bits that differ, some piece has one at most, so looking for every piece
as it is and with each bit turned finds every near hash; candidates are then compared in full.
"""

from collections.abc import Sequence

from django.db import connection

from fairboard.kit import bulk
from fairboard.safety.models import BankChunk, BankEntry

NEAR = 31
"""Bits that may differ in a match: the threshold of PDQ's authors and of the exchanges."""
LEAST_QUALITY = 50
"""Photos below this quality have too few details for their hash to mean anything (PDQ's own advice)."""
_PIECES = 16
_TURNS = (0, *(1 << bit for bit in range(16)))


def nearest(pdq: str) -> list[tuple[int, int]]:
    """Entries within 31 bits of a PDQ hash as (entry id, distance), the nearest first; removed ones left out."""
    sought = int(pdq, 16)
    keys = [
        place << 16 | piece ^ turn
        for place, piece in enumerate(_pieces(sought))
        for turn in _TURNS
    ]  # fmt: skip
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(  # only the number of marks is put into the text
            "SELECT DISTINCT e.id, e.value FROM safety_bankchunk AS c JOIN safety_bankentry AS e ON e.id = c.entry_id "
            f"WHERE c.key IN ({marks}) AND e.removed_at IS NULL",
            keys,
        )
        found = [(entry, (int(value, 16) ^ sought).bit_count()) for entry, value in cursor.fetchall()]
    return sorted(((entry, far) for entry, far in found if far <= NEAR), key=lambda one: (one[1], one[0]))


def add(entries: Sequence[BankEntry]) -> None:
    """Make new PDQ entries findable, in the running transaction."""
    bulk.insert(
        [
            BankChunk(key=place << 16 | piece, entry=entry)
            for entry in entries
            for place, piece in enumerate(_pieces(int(entry.value, 16)))
        ]
    )


def _pieces(value: int) -> list[int]:
    return [value >> (16 * place) & 0xFFFF for place in range(_PIECES)]
