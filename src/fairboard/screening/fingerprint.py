"""Near-duplicates: MinHash over three-word shingles, cut into bands that a database can look up.

Digits are left out of the shingles: a phone number is evidence of its own, and changing it must not
hide a copy. 32 hashes in 16 bands of 2 find texts of Jaccard similarity 0.5 with probability 0.99
(Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4).
"""

import re
from collections.abc import Sequence
from zlib import crc32

HASHES = 32
BAND = 2
_WORD = re.compile(r"[^\W\d_]+")


def signature(text: str) -> tuple[int, ...]:
    """The MinHash signature of plain text; empty for one too short to compare.

    One hash a shingle, sorted into 32 bins of which each keeps its least; an empty bin borrows from the
    next (one permutation hashing, Li, Owen, Zhang 2012; densified as by Shrivastava and Li 2014).
    """
    words = _WORD.findall(text)
    if len(words) < 6:
        return ()
    bins = [0] * HASHES
    for shingle in map(" ".join, zip(words, words[1:], words[2:], strict=False)):
        found = crc32(shingle.encode())
        at = found & 31
        if not bins[at] or found < bins[at]:
            bins[at] = found
    filled = [at for at in range(HASHES) if bins[at]]
    if len(filled) == HASHES:
        return tuple(bins)
    return tuple(bins[at] or bins[next((one for one in filled if one > at), filled[0])] for at in range(HASHES))


def bands(found: Sequence[int]) -> tuple[str, ...]:
    """The keys two similar texts are likely to share."""
    return tuple(f"{at:x}-{crc32(b'%d.%d' % (found[at], found[at + 1])):08x}" for at in range(0, len(found), BAND))


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """The estimated Jaccard similarity of two signatures, 0 to 1."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
