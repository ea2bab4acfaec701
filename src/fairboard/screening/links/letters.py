"""Texts as strings of a letter a word, for the string metrics: whole, and without what is common."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from fairboard.screening.links.shingles import STOCK, Levels
from fairboard.screening.links.tokens import Cut, Places, as_letters


@dataclass(frozen=True, slots=True)
class Letters:
    """Texts as strings of a letter a word: ``whole``, and ``rare`` without stock phrases and everybody's words;
    ``levels`` says of each letter of ``whole`` how common what it stands in is (see `shingles.Keys`).
    """

    whole: dict[int, str]
    rare: dict[int, str]
    levels: dict[int, bytes]


def _rows(cut: Cut, texts: Places) -> Iterator[tuple[list[int], Places, Places]]:
    """Some texts at a time: which, their tokens, and how many each has."""
    for at in range(0, len(texts), 4_096):
        ids = texts[at : at + 4_096]
        sizes = cut.bounds[ids + 1] - cut.bounds[ids]
        ends = np.cumsum(sizes)
        yield ids.tolist(), np.arange(ends[-1]) + np.repeat(cut.bounds[ids] - ends + sizes, sizes), ends


def _pieces(joined: str, ends: Places) -> list[str]:
    limits = [0, *ends.tolist()]
    return [joined[one:other] for one, other in pairwise(limits)]


def rare_letters(cut: Cut, levels: Levels, texts: Places) -> dict[int, str]:
    """Some texts without what is common, as letters."""
    found: dict[int, str] = {}
    for ids, tokens, ends in _rows(cut, texts):
        kept = levels[tokens] < STOCK
        limits = np.cumsum(kept, dtype=np.int64)[ends - 1]
        found.update(zip(ids, _pieces(as_letters(cut.words[tokens[kept]]), limits), strict=True))
    return found


def all_letters(cut: Cut, levels: Levels, texts: Places, rare: dict[int, str]) -> Letters:
    """Some texts as letters."""
    whole: dict[int, str] = {}
    marks: dict[int, bytes] = {}
    for ids, tokens, ends in _rows(cut, texts):
        whole.update(zip(ids, _pieces(as_letters(cut.words[tokens]), ends), strict=True))
        found = (levels[tokens] & np.uint8(STOCK - 1)).tobytes()
        marks.update(zip(ids, (found[one:other] for one, other in pairwise([0, *ends.tolist()])), strict=True))
    return Letters(whole, rare, marks)
