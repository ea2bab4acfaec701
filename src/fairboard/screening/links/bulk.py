"""Campaigns among many texts at once: about a million texts in 20 seconds on two cores and in 2 GiB.

Tokens (`tokens`), keys and candidates (`shingles`), then alignment and one core a campaign (`groups`). The result
depends on the texts alone, not on threads or their order in time.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fairboard.screening.links import groups, letters, shingles
from fairboard.screening.links.tokens import Places, cut_all

THREADS = 2
LEAST_STOCK = 1_000
STOCK_SHARE = 1_000
"""A shingle in more than one of so many texts, and in more than `LEAST_STOCK`, is a stock phrase."""
MOST_TEXTS = (1 << 24) - 1
"""Texts that can be linked at once: a key leaves 24 bits for them."""
Said = Callable[[str, int, int], None]


def link_texts(texts: Sequence[str], *, say: Said | None = None) -> Places:
    """For each text the place of the first text of its campaign, or -1 for a text alone.

    ``say`` is told the step, how much of it is done and how much there is. Raises ValueError for more than
    `MOST_TEXTS` texts.
    """
    if len(texts) > MOST_TEXTS:
        raise ValueError(f"At most {MOST_TEXTS:,} texts can be linked at once, not {len(texts):,}.")
    tell: Said = say or (lambda *_: None)
    result = np.full(len(texts), -1, dtype=np.int64)
    tell("words", 0, len(texts))
    cut = cut_all(texts, threads=THREADS)
    if not len(cut.words):
        return result
    steps = _Steps(tell, len(texts), sum(1 for _ in shingles.parts(cut.bounds)))
    with ThreadPoolExecutor(THREADS) as pool:
        common = shingles.count(cut, pool, steps.of("phrases"))
        keys = shingles.best(cut, common, max(LEAST_STOCK, len(texts) // STOCK_SHARE), pool, steps.of("keys"))
    del common
    tell("candidates", 0, len(texts))
    sizes = np.diff(cut.bounds)
    ones, others = shingles.pairs(keys, sizes)
    rare = letters.rare_letters(cut, keys.levels, shingles.distinct(np.concatenate((ones, others))))
    likely = groups.likely(rare, sizes, ones, others)
    known = letters.all_letters(cut, keys.levels, shingles.distinct(np.concatenate((likely.ones, likely.others))), rare)
    del cut, keys
    tell("campaigns", 0, len(texts))
    for members in groups.grouped(known, likely):
        result[members] = members[0]
    return result


class _Steps:
    """Counts the parts of a step that are done."""

    def __init__(self, tell: Said, texts: int, parts: int) -> None:
        self._tell, self._texts, self._parts = tell, texts, max(1, parts)

    def of(self, name: str) -> Callable[[], None]:
        """What to call after each part."""
        done = 0

        def tick() -> None:
            nonlocal done
            done += 1
            self._tell(name, self._texts * done // self._parts, self._texts)

        return tick
