"""Hashes cut into chunks, so that near ones can be looked up.

The pigeonhole principle, generalised: give chunk i a number t(i) of flipped bits that are looked up (-1: none are),
so that the sum of t(i) + 1 exceeds a distance; then of two hashes within that distance at least one chunk i differs
in at most t(i) bits. Few long chunks need many look-ups that find little, many short chunks few that find much:
the number of chunks follows the size of the bank. (Norouzi, Punjani, Fleet: Fast search in Hamming space with
multi-index hashing, CVPR 2012; thresholds by chunk as in Qin et al., GPH, ICDE 2018.)
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

BITS = 256
MOST_FLIPS = 2
"""Flipping three bits of a chunk of 20 would be 1,140 look-ups more."""

Words = NDArray[np.uint64]
"""Hashes as rows of four words, the most significant first."""


def words_of(hashes: NDArray[np.uint8]) -> Words:
    """Hashes of 32 bytes (rows x 32) as rows of four words."""
    return np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(-1, 4)


def bytes_of(words: Words) -> NDArray[np.uint8]:
    """Rows of four words as hashes of 32 bytes (rows x 32)."""
    return words.astype(">u8").view(np.uint8).reshape(-1, 32)


@dataclass(frozen=True)
class Chunk:
    """Bits ``start`` to ``start + length`` of a hash, counted from its first."""

    start: int
    length: int

    def of(self, words: Words) -> NDArray[np.uint32]:
        """This chunk of each hash, as a number."""
        word, bit = divmod(self.start, 64)
        over = bit + self.length - 64
        if over <= 0:
            value = words[:, word] >> np.uint64(-over)
        else:
            value = (words[:, word] << np.uint64(over)) | (words[:, word + 1] >> np.uint64(64 - over))
        return (value & np.uint64((1 << self.length) - 1)).astype(np.uint32)


@lru_cache(maxsize=32)
def layout(count: int) -> tuple[Chunk, ...]:
    """The hash cut into ``count`` chunks of nearly the same length."""
    ends = [BITS * number // count for number in range(count + 1)]
    return tuple(Chunk(start, end - start) for start, end in pairwise(ends))


@lru_cache(maxsize=128)
def masks(length: int, flips: int) -> NDArray[np.uint32]:
    """Every way to flip exactly ``flips`` bits of a chunk of ``length`` bits."""
    return np.array([sum(1 << bit for bit in some) for some in combinations(range(length), flips)], dtype=np.uint32)


def chunks_for(hashes: int) -> int:
    """How many chunks suit a bank of so many hashes: measured by `fairboard bench photos`."""
    return 16 if hashes < 500_000 else 12


def even_flips(chunks: tuple[Chunk, ...], distance: int) -> tuple[int, ...] | None:
    """Flips looked up by chunk for hashes spread evenly; None when the distance is too great for look-ups."""
    least, more = divmod(distance + 1, len(chunks))
    if least > MOST_FLIPS + 1 or (least == MOST_FLIPS + 1 and more):
        return None
    shortest = sorted(range(len(chunks)), key=lambda number: chunks[number].length)[:more]
    return tuple(least - 1 + (number in shortest) for number in range(len(chunks)))


def cheapest_flips(costs: NDArray[np.int64], distance: int) -> tuple[int, tuple[int, ...]]:
    """The flips by chunk that read the fewest hashes, for a hash with a chunk that very many others share.

    ``costs[i, t + 1]`` is what looking up t flips of chunk i reads (t = -1: nothing). Returns the sum and the flips.
    """
    budget = distance + 1
    impossible = np.iinfo(np.int64).max // 4
    best = np.full(budget + 1, impossible, dtype=np.int64)
    best[0] = 0
    taken = []
    for row in costs:
        options = np.full((len(row), budget + 1), impossible, dtype=np.int64)
        for spent, cost in enumerate(row):
            options[spent, spent:] = best[: budget + 1 - spent] + cost
        options[-1, budget] = min(options[-1, budget], impossible)
        choice = options.argmin(axis=0)
        taken.append(choice)
        best = options.min(axis=0)
    flips, left = [], budget
    for choice in reversed(taken):
        spent = int(choice[left])
        flips.append(spent - 1)
        left -= spent
    return int(min(best[budget], impossible)), tuple(reversed(flips))
