"""One text against a table of keys: what a gate asks while an ad is submitted.

`keys_of` gives at most `KEYS` keys a text, to be kept in a table of key and text; a text that shares a key is a
candidate, and `resembles` says whether it is a copy. Keys are the least of the hashes of three-word shingles (min-wise
sampling, Broder 1997), weighted by the length of the words since long ones are rarer, and of the same texts without
numbers. How many copies of heavily edited ads are found with so few keys is in docs/linking.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import LCSseq

from fairboard.screening.links.groups import EASY, is_copy
from fairboard.screening.links.shingles import shingles
from fairboard.screening.links.templates import Value, matches
from fairboard.screening.links.tokens import LONGEST, Cut, as_letters, chunks, cut, spans_of

KEYS = 10
LEAST_WORDS = 5


def keys_of(text: str) -> tuple[int, ...]:
    """At most `KEYS` signed 64-bit keys of a text, in no order that means anything; none of fewer than five words."""
    return keys_of_many([text])[0]


def keys_of_many(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """As `keys_of` for each of many texts: together they cost a tenth."""
    return [keys for found in _cut_in_chunks(texts) for keys in _keys(found)]


def letters_of(texts: Sequence[str]) -> list[str]:
    """The words of each text as a string of one character each, for `likeness`."""
    found: list[str] = []
    for part in _cut_in_chunks(texts):
        letters, bounds = as_letters(part.words), part.bounds.tolist()
        found += [letters[start:end] for start, end in pairwise(bounds)]
    return found


def likeness(one: str, other: str, least: float) -> float:
    """The ``similarity`` of `resembles` for texts by their `letters_of`; 0 where it is under ``least`` or no copy."""
    longest = max(len(one), len(other))
    if longest < LEAST_WORDS:
        return 0.0
    share: float = LCSseq.similarity(one, other) / longest
    return share if share >= least and is_copy(one, other, one, other, EASY) else 0.0


def _cut_in_chunks(texts: Sequence[str]) -> list[Cut]:
    read = [text[:LONGEST] for text in texts]
    return [cut(read[start:end], spans=True) for start, end in chunks(read)]


def _keys(found: Cut) -> list[tuple[int, ...]]:
    if found.starts is None or found.ends is None:
        return []
    made = shingles(found.words, found.bounds)
    sizes = np.diff(found.bounds)
    lengths = np.append(np.minimum(found.ends - found.starts, 8), 0)
    kept = np.append(made.kept, np.full(4, len(found.words)))
    text_of = np.append(np.repeat(np.arange(len(sizes)), sizes), -1)[kept]
    weights = np.zeros(len(made.hashes))
    for step in range(3):  # a word of the next text is none of this one's
        after = made.places + step
        weights += np.where(text_of[after] == made.owners, lengths[kept[after]], 0)
    unit = ((made.hashes >> np.uint64(11)).astype(np.float64) + 0.5) / float(1 << 53)
    ranks = -np.log(unit) / weights**2
    by_hash = np.lexsort((made.hashes, made.owners))
    hashes, owners = made.hashes[by_hash], made.owners[by_hash]
    once = np.append(True, (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1]))[: len(hashes)]
    hashes, owners = hashes[once], owners[once]
    by_rank = np.lexsort((ranks[by_hash][once], owners))
    least, bounds = hashes[by_rank].view(np.int64), np.searchsorted(owners, np.arange(len(sizes) + 1)).tolist()
    return [
        tuple(least[start : min(end, start + KEYS)].tolist()) if size >= LEAST_WORDS else ()
        for size, start, end in zip(sizes.tolist(), bounds, bounds[1:], strict=False)
    ]


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two texts compare, word by word.

    ``similarity`` is the share of the longer text's words they have in common, in order, 0 to 1; ``is_copy`` whether
    that makes one a copy of the other; ``slots`` what the first has where they differ, ``other_slots`` what the second
    has, numbered alike.
    """

    similarity: float
    is_copy: bool
    slots: tuple[Value, ...]
    other_slots: tuple[Value, ...]


def resembles(text: str, candidate: str) -> Alignment:
    """A text aligned with a candidate that shares a key with it."""
    one, spans = spans_of(text)
    other, other_spans = spans_of(candidate)
    longest = max(len(one), len(other))
    if not longest:
        return Alignment(0.0, False, (), ())
    common = LCSseq.similarity(one, other)
    slots: list[Value] = []
    other_slots: list[Value] = []
    last = last_other = number = 0
    for at, place in [*matches(one, other), (len(one), len(other))]:
        if at > last or place > last_other:
            number += 1
            if at > last:
                slots.append(_value(number, text, spans, last, at))
            if place > last_other:
                other_slots.append(_value(number, candidate, other_spans, last_other, place))
        last, last_other = at + 1, place + 1
    is_same = longest >= LEAST_WORDS and is_copy(one, other, one, other, EASY)
    return Alignment(common / longest, is_same, tuple(slots), tuple(other_slots))


def _value(number: int, text: str, spans: list[tuple[int, int]], first: int, end: int) -> Value:
    start, stop = spans[first][0], spans[end - 1][1]
    return Value(number, text[start:stop], start, stop)
