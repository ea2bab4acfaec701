"""One text against a table of keys: what a gate asks while an ad is submitted.

`keys_of` gives at most `KEYS` keys a text, to be kept in a table of key and text; a text that shares a key is a
candidate, and `resembles` says whether it is a copy. Keys are the least of the hashes of three-word shingles (min-wise
sampling, Broder 1997), weighted by the length of the words since long ones are rarer, and of the same texts without
numbers. How many copies of heavily edited ads are found with so few keys is in docs/linking.md.
"""

from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from fairboard.screening.links.groups import EASY, is_copy
from fairboard.screening.links.shingles import shingles
from fairboard.screening.links.templates import Value, matches
from fairboard.screening.links.tokens import LONGEST, cut, spans_of

KEYS = 10
LEAST_WORDS = 5


def keys_of(text: str) -> tuple[int, ...]:
    """At most `KEYS` signed 64-bit keys of a text, in no order that means anything; none of fewer than five words."""
    found = cut([text[:LONGEST]], spans=True)
    if len(found.words) < LEAST_WORDS or found.starts is None or found.ends is None:
        return ()
    made = shingles(found.words, found.bounds)
    lengths = np.append(np.minimum(found.ends - found.starts, 8), np.zeros(4, dtype=np.int64))
    padded = np.append(made.kept, np.full(4, len(found.words)))
    weights = sum(lengths[padded[made.places + step]] for step in range(3)).astype(np.float64)
    unit = ((made.hashes >> np.uint64(11)).astype(np.float64) + 0.5) / float(1 << 53)
    hashes, first = np.unique(made.hashes, return_index=True)
    order = np.argsort((-np.log(unit) / weights**2)[first], kind="stable")[:KEYS]
    return tuple(hashes[order].view(np.int64).tolist())


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
