"""Shingles of texts, how common each is, and the pairs of texts worth aligning.

A shingle is three words, five characters where words are not spaced, and two words as well in a short text;
numbers are passed over, since they are what varies most, unless a text is mostly numbers. Of each text the `KEYS` best
are kept by weighted min-wise sampling (rank = -ln(u) / weight, Cohen 1997), the weight falling with how common a
shingle and its words are: copies tend to keep the same ones, stock phrases are seldom among them, and a shingle
nobody else has never is. Texts that follow each other under a key are candidates: the work stays linear
whatever the size of a bucket, and a campaign is held together by its other keys.
"""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from fairboard.screening.links.tokens import CHARACTER, NUMBER, Cut, Places, Words, mixed

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Levels = npt.NDArray[np.uint8]

KEYS = 16
STOCK_KEYS = 4
"""Keys up to which stock phrases make up a text's number."""
SHORT = 16
"""Tokens below which two-word shingles are keys too."""
PART = 1 << 17
"""Tokens handled at a time."""
GLANCE = 256
"""Bits in which a text's rarer words are noted, to tell pairs apart without aligning them."""
CHANCE = 20.0
"""How many times more texts than by chance must have a shingle."""
FEW = 6
RARE = 0.35
"""Rarer words, and their share of all, below which a text is judged by all its words: it is stock phrases or one of a
campaign so large that its phrases are everywhere."""
LOOKS_ALIKE = 0.3
"""The share of those bits two texts must have in common to be aligned; 0.4 of the words are asked for then."""
STOCK = 128
STEPS = 7.0
"""Levels to a doubling; 65,535 texts are level 112."""
_WORD_BITS = 22
_MOST_BITS = 28
_NONE = np.zeros(0, dtype=np.int64)
_ID_BITS = 24
_A, _B, _C, _D = (
    np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Hashes with the text each is of and the kept token each begins with, within a part, and how many it takes in."""

    hashes: Hashes
    owners: Places
    places: Places
    kept: Places
    widths: npt.NDArray[np.uint8]


def shingles(words: Words, bounds: Places) -> Shingles:
    """The shingles of the texts of a part; ``bounds`` begin at 0."""
    sizes = np.diff(bounds)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    is_kept = np.ones(len(words), dtype=bool)
    numbers = np.flatnonzero(words & NUMBER)
    if len(numbers):
        is_mostly = np.bincount(owners[numbers], minlength=len(sizes)) * 2 > sizes
        numbers = numbers[~is_mostly[owners[numbers]]]
        is_kept[numbers] = False
        sizes = sizes - np.bincount(owners[numbers], minlength=len(sizes))
    kept = np.flatnonzero(is_kept)
    owners, tokens = owners[kept], words[kept].astype(np.uint64)
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(kept))  # tokens to the end of the text, with this one
    padded = np.concatenate((tokens, np.zeros(4, dtype=np.uint64)))
    two = tokens * _A + padded[1:-3] * _B
    three = two + padded[2:-2] * _C
    is_alone = (tokens & np.uint64(CHARACTER)) != 0
    valid = left >= 3
    if is_alone.any():
        five = three + padded[3:-1] * _D + padded[4:] * (_A ^ _B)
        three = np.where(is_alone, five, three)
        valid &= ~is_alone | (left >= 5)
    at = np.flatnonzero(valid)
    hashes = mixed(three[at])
    widths = np.where(is_alone[at], np.uint8(5), np.uint8(3))
    if (sizes < SHORT).any():
        short = np.flatnonzero(np.repeat(sizes < SHORT, sizes) & ~is_alone & (left >= 2))
        hashes = np.concatenate((hashes, mixed(two[short] ^ _D)))
        at = np.concatenate((at, short))
        widths = np.concatenate((widths, np.full(len(short), 2, dtype=np.uint8)))
    return Shingles(hashes, owners[at], at, kept, widths)


def level(texts: int) -> int:
    """The level of so many texts."""
    return round(math.log2(max(1, texts)) * STEPS)


def parts(bounds: Places) -> Iterator[tuple[int, int]]:
    """Ranges of texts of about `PART` tokens."""
    marks = np.searchsorted(bounds, np.arange(0, bounds[-1], PART))
    edges = np.unique(np.concatenate((marks, [len(bounds) - 1])))
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class Commonness:
    """How often words occur and in how many texts shingles do, by bins of hashes: never too low.

    ``shingles`` counts to 255; for what is over that ``more`` counts one text of
    ``every``, as ``words`` does (already multiplied). With the bins there are
    at most, 1 shingle of 8 that nobody else has is taken for a shared one at a million texts of 50 words.
    """

    words: npt.NDArray[np.int64]
    shingles: npt.NDArray[np.uint8]
    more: npt.NDArray[np.uint16]
    every: int
    texts: int

    def of_shingles(self, hashes: Hashes) -> npt.NDArray[np.uint16]:
        """Texts with each shingle, at most 65,535."""
        result = self.shingles[(hashes & np.uint64(len(self.shingles) - 1)).view(np.int64)].astype(np.uint16)
        full = np.flatnonzero(result == 255)
        more = self.more[(hashes[full] & np.uint64(len(self.more) - 1)).view(np.int64)].astype(np.int64) * self.every
        result[full] = np.clip(more, 255, 65_535)
        return result

    def surprise(self) -> npt.NDArray[np.float32]:
        """By bin of words: -ln of the share of all words that are this one."""
        shares = np.maximum(1, self.words) / max(1, self.words.sum())
        return np.asarray(-np.log(shares), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Keys:
    """``packed``: key << 24 | text, sorted. ``glances``: `GLANCE` bits a text.

    ``levels``: for each token how many texts have the rarest shingle with it, as `level` gives it, and `STOCK` besides
    if it is in a stock phrase or everybody's word.
    """

    packed: Hashes
    glances: Hashes
    levels: Levels


def count(cut: Cut, pool: ThreadPoolExecutor, tick: Callable[[], None]) -> Commonness:
    """Count words and shingles of all texts; threads share the tables, each half under a lock of its own."""
    bits = int(np.clip(np.ceil(np.log2(max(1, len(cut.words)) * 4)), 16, _MOST_BITS))
    table = np.zeros((2, 1 << (bits - 1)), dtype=np.uint8)
    more = np.zeros(1 << min(bits, 24), dtype=np.uint16)
    words = np.zeros(1 << _WORD_BITS, dtype=np.int64)
    locks = Lock(), Lock(), Lock(), Lock()
    every = max(1, min(8, (len(cut.bounds) - 1) // 100_000))

    def one(part: tuple[int, int]) -> None:
        low, high = cut.bounds[part[0]], cut.bounds[part[1]]
        tokens = cut.words[low:high]
        found = shingles(tokens, cut.bounds[part[0] : part[1] + 1] - low)
        unique, often = _counted(found.hashes & np.uint64((1 << bits) - 1))
        times = np.minimum(often, 255).astype(np.uint8)
        middle = int(np.searchsorted(unique, 1 << (bits - 1)))
        for half, at in ((0, slice(None, middle)), (1, slice(middle, None))):
            places = unique[at] - (half << (bits - 1))
            with locks[half]:
                seen = table[half][places]
                table[half][places] = seen + np.minimum(times[at], np.uint8(255) - seen)
        sampled = found.hashes[(found.owners + part[0]) % every == 0]
        places, often = _counted(sampled & np.uint64(len(more) - 1))
        with locks[2]:
            more[places] = np.minimum(more[places] + often, 65_535)
        sizes = np.diff(cut.bounds[part[0] : part[1] + 1])
        is_sampled = np.repeat((np.arange(len(sizes)) + part[0]) % every == 0, sizes)
        places, often = _counted((tokens[is_sampled] >> np.uint32(32 - _WORD_BITS)).astype(np.uint64))
        with locks[3]:
            words[places] += often * every
        tick()

    list(pool.map(one, parts(cut.bounds)))
    return Commonness(words, table.reshape(-1), more, every, len(cut.bounds) - 1)


def _counted(bins: Hashes) -> tuple[Places, npt.NDArray[np.int64]]:
    """Distinct bins and how often each is there."""
    bins = np.sort(bins.astype(np.uint32))
    first = np.flatnonzero(np.concatenate(([True], bins[1:] != bins[:-1]))) if len(bins) else _NONE
    return bins[first].astype(np.int64), np.diff(first, append=len(bins))


def best(cut: Cut, common: Commonness, cap: int, pool: ThreadPoolExecutor, tick: Callable[[], None]) -> Keys:
    """The keys of all texts, their words at a glance, and which tokens are stock phrases or everybody's words."""
    levels = np.zeros(len(cut.words), dtype=np.uint8)
    scale = np.round(np.log2(np.maximum(1, np.arange(65_536))) * STEPS).astype(np.uint8)
    glances = np.zeros((len(cut.bounds) - 1, GLANCE // 64), dtype=np.uint64)
    surprise, everybodys = common.surprise(), common.words > max(cap, common.texts // 10)

    def one(part: tuple[int, int]) -> Hashes:
        low, high = cut.bounds[part[0]], cut.bounds[part[1]]
        tokens = cut.words[low:high]
        found = shingles(tokens, cut.bounds[part[0] : part[1] + 1] - low)
        frequency = common.of_shingles(found.hashes)
        word_bins = tokens >> np.uint32(32 - _WORD_BITS)
        common_words = everybodys[word_bins]
        rarest = np.full(len(found.kept) + 4, 255, dtype=np.uint8)
        starts = np.full(len(found.kept) + 4, 255, dtype=np.uint8)
        starts[found.places[::-1]] = scale[frequency[::-1]]
        for step in range(3):
            np.minimum(rarest[step:], starts[: len(starts) - step], out=rarest[step:])
        level = np.zeros(len(tokens), dtype=np.uint8)
        level[found.kept] = np.where(rarest[: len(found.kept)] == 255, 0, rarest[: len(found.kept)])
        often = found.places[frequency > cap]
        for step in range(3):
            common_words[found.kept[np.minimum(often + step, len(found.kept) - 1)]] = True
        levels[low:high] = level | np.where(common_words, np.uint8(STOCK), np.uint8(0))
        glances[part[0] : part[1]] = _glances(
            tokens[~common_words], cut.bounds[part[0] : part[1] + 1] - low, common_words
        )
        return _chosen(found, frequency, surprise[word_bins], common, cap, part[0])

    chosen = []
    for keys in pool.map(one, parts(cut.bounds)):
        chosen.append(keys)
        tick()
    every = np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.uint64)
    every.sort()
    return Keys(every, glances, levels)


def _glances(words: Words, bounds: Places, left_out: Flags) -> Hashes:
    """A bit for each word that is not left out, by its hash."""
    left = np.concatenate(([0], np.cumsum(~left_out)))[bounds]
    bits = np.zeros((len(bounds) - 1, GLANCE), dtype=bool)
    bits[np.repeat(np.arange(len(bounds) - 1), np.diff(left)), words >> np.uint32(24)] = True
    return np.packbits(bits, axis=1).view(np.uint64)


def _chosen(
    found: Shingles,
    frequency: npt.NDArray[np.uint16],
    surprise: npt.NDArray[np.float32],
    common: Commonness,
    cap: int,
    first: int,
) -> Hashes:
    """The best keys of each text of a part."""
    shared = np.flatnonzero(frequency >= 2)
    places, widths = found.places[shared], found.widths[shared]
    told = np.append(surprise[found.kept], np.zeros(4, dtype=np.float32))
    weights = told[places] + told[places + 1]
    weights += np.where(widths > 2, told[places + 2], 0)
    wide = np.flatnonzero(widths > 3)
    weights[wide] += told[places[wide] + 3] + told[places[wide] + 4]
    # Words that meet as often as chance would have it are no sign of a common origin.
    often = frequency[shared].astype(np.float32)
    telling = np.log(often / CHANCE) > np.log(np.float32(common.words.sum())) - weights
    shared, weights, often = shared[telling], weights[telling], often[telling]
    hashes, owners = found.hashes[shared], found.owners[shared]
    weights = np.minimum(weights, 30) / 30 * np.maximum(0.02, 1 - np.log(often) / np.log(np.float32(common.texts + 2)))
    unit = ((hashes >> np.uint64(40)).astype(np.float32) + 0.5) / np.float32(1 << 24)
    ranks = np.minimum(-np.log(unit) / weights * (1 << 13), (1 << 23) - 1).astype(np.uint64)
    ranks |= (often > cap).astype(np.uint64) << np.uint64(23)
    packed = (
        (owners.astype(np.uint64) << np.uint64(44)) | (ranks << np.uint64(20)) | np.arange(len(shared), dtype=np.uint64)
    )
    packed.sort()
    by_text = (packed >> np.uint64(44)).astype(np.int64)
    firsts = np.flatnonzero(np.append(True, by_text[1:] != by_text[:-1])[: len(by_text)])
    begins = np.repeat(firsts, np.diff(firsts, append=len(by_text)))
    is_stock = (packed >> np.uint64(43)) & np.uint64(1) == 1
    taken = packed[np.arange(len(packed)) - begins < np.where(is_stock, STOCK_KEYS, KEYS)]
    at = (taken & np.uint64((1 << 20) - 1)).astype(np.int64)
    ids = (owners[at] + first).astype(np.uint64)
    return np.asarray((hashes[at] & ~np.uint64((1 << _ID_BITS) - 1)) | ids)


def few_of(sizes: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """How many rarer words are few, for texts of so many words."""
    return np.maximum(FEW, RARE * sizes)


def pairs(keys: Keys, lengths: Places) -> tuple[Places, Places]:
    """Texts next to each other under a key that look alike at a glance, each pair once, the lesser first.

    ``lengths`` are the words of every text.
    """
    texts = keys.packed & np.uint64((1 << _ID_BITS) - 1)
    held = keys.packed >> np.uint64(_ID_BITS)
    same = np.flatnonzero((held[1:] == held[:-1]) & (texts[1:] != texts[:-1]))
    unique = distinct((texts[same] << np.uint64(32)) | texts[same + 1])
    ones, others = (unique >> np.uint64(32)).astype(np.int64), (unique & np.uint64(0xFFFFFFFF)).astype(np.int64)
    alike = np.empty(len(ones), dtype=bool)
    sizes = np.bitwise_count(keys.glances).sum(axis=1, dtype=np.int32)
    for at in range(0, len(ones), PART):
        one, other = ones[at : at + PART], others[at : at + PART]
        shared = np.bitwise_count(keys.glances[one] & keys.glances[other]).sum(axis=1, dtype=np.int32)
        most = np.maximum(sizes[one], sizes[other])
        alike[at : at + PART] = (shared >= LOOKS_ALIKE * most) | (
            most < few_of(np.maximum(lengths[one], lengths[other]))
        )
    return ones[alike], others[alike]


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values, sorted, each once; sorting is several times faster than numpy's hash table here."""
    values = np.sort(values)
    return np.asarray(values[np.append(True, values[1:] != values[:-1])[: len(values)]])
