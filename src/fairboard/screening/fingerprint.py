"""Near-duplicates: MinHash over three-word shingles, cut into bands that a database can look up.

Digits are left out of the shingles: a phone number is evidence of its own, and changing it must not
hide a copy. 32 hashes in 16 bands of 2 find texts of Jaccard similarity 0.5 with probability 0.99
(Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

HASHES = 32
BAND = 2
EMPTY = 1 << 32
_WORD = re.compile(r"[^\W\d_]+")
_GAPS = bytes(one if chr(one).isalpha() and one < 128 else 32 for one in range(256))
"""Keeps ASCII letters, makes a space of all else."""


@lru_cache(maxsize=1_024)
def signature(text: str) -> tuple[int, ...]:
    """The MinHash signature of plain text; empty for one too short to compare.

    One hash a shingle, sorted into 32 bins of which each keeps its least; an empty bin borrows from the
    next (one permutation hashing, Li, Owen, Zhang 2012; densified as by Shrivastava and Li 2014).
    """
    if text.isascii():
        coded = text.encode().translate(_GAPS).split()
    else:
        coded = [word.encode("utf-8", "replace") for word in _WORD.findall(text)]
    if len(coded) < 6:
        return ()
    bins = [EMPTY] * HASHES
    shingles = map(crc32, map(b" ".join, zip(coded, coded[1:], coded[2:], strict=False)))
    for found in sorted(shingles, reverse=True):  # the least of a bin comes last and stays
        bins[found % HASHES] = found
    borrowed = next(one for one in bins if one != EMPTY)
    for at in range(HASHES - 1, -1, -1):
        if bins[at] == EMPTY:
            bins[at] = borrowed
        borrowed = bins[at]
    return tuple(bins)


def bands(found: Sequence[int]) -> tuple[str, ...]:
    """The keys two similar texts are likely to share."""
    pairs, keys = _forms(len(found))
    return tuple((keys % tuple(map(crc32, (pairs % tuple(found)).split()))).split())


@lru_cache(maxsize=4)
def _forms(hashes: int) -> tuple[bytes, str]:
    """How the hashes of all bands are written, and their keys: "0-1a2b3c4d 2-..."."""
    starts = range(0, hashes, BAND)
    return b" ".join(b"%d.%d" for _ in starts), " ".join(f"{at:x}-%08x" for at in starts)


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated Jaccard similarity of two signatures, 0 to 1."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
