"""Campaigns among many texts at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fairboard.screening.links import groups, shingles
from fairboard.screening.links.tokens import Places, cut_all

THREADS = 2
LEAST_STOCK = 1_000
STOCK_SHARE = 1_000
"""A shingle in more than one of so many texts, and in more than `LEAST_STOCK`, is a stock phrase."""
Said = Callable[[str], None]


def link_texts(texts: Sequence[str], *, say: Said | None = None) -> Places:
    """For each text the place of the first text of its campaign, or -1 for a text alone."""
    tell: Said = say or (lambda _: None)
    result = np.full(len(texts), -1, dtype=np.int64)
    tell("cut")
    cut = cut_all(texts, threads=THREADS)
    if not len(cut.words):
        return result
    with ThreadPoolExecutor(THREADS) as pool:
        tell("count")
        common = shingles.count(cut, pool, lambda: None)
        tell("best")
        keys = shingles.best(cut, common, max(LEAST_STOCK, len(texts) // STOCK_SHARE), pool, lambda: None)
    del common
    tell(f"pairs {len(keys.packed)}")
    ones, others = shingles.pairs(keys)
    tell(f"letters {len(ones)}")
    rare = groups.rare_letters(cut, keys.levels, shingles.distinct(np.concatenate((ones, others))))
    tell("likely")
    likely = groups.likely(rare, ones, others)
    tell(f"all {len(likely.ones)}")
    known = groups.all_letters(cut, keys.levels, shingles.distinct(np.concatenate((likely.ones, likely.others))), rare)
    del cut, keys
    tell("group")
    for members in groups.grouped(known, likely, lambda: None):
        result[members] = members[0]
    tell("done")
    return result
