"""Lists by price without sorting every match: the index's own price buckets, walked in order.

Each card carries three terms of its price: the magnitude, with one leading digit, and with two. Walking them
from the cheapest on, only the cards of the few buckets a page needs are read and sorted.
"""

from collections.abc import Callable, Iterator, Sequence

from fairboard.fields import term

SMALLEST, LARGEST = -2, 10
"""Magnitudes of the lowest and the highest price there can be: 0.01 and 10,000,000,000."""


def price_terms(
    exists: Callable[[str], bool], *, descending: bool, start: float | None = None
) -> Iterator[tuple[str, ...]]:
    """The buckets that hold something, in the order of their prices, as the terms of each.

    ``exists`` says whether any wanted card carries a term; ``start`` is the price a page goes on from.
    """
    order: Sequence[int] = range(SMALLEST, LARGEST + 1)
    zero = term("n", "price", "z")
    if not descending and (start is None or start <= 0):
        yield (zero,)
    for exponent in reversed(order) if descending else order:
        yield from _magnitude(exists, exponent, descending, start)
    if descending:
        yield (zero,)


def _magnitude(
    exists: Callable[[str], bool], exponent: int, descending: bool, start: float | None
) -> Iterator[tuple[str, ...]]:
    unit = 10.0**exponent
    size = f"p{'n' if exponent < 0 else ''}{abs(exponent)}"
    if _is_passed(unit, unit * 10, descending, start) or not exists(term("n", "price", size)):
        return
    digits: Sequence[int] = range(1, 10)
    for digit in reversed(digits) if descending else digits:
        leading = term("n", "price", f"{size}d{digit}")
        if _is_passed(digit * unit, (digit + 1) * unit, descending, start) or not exists(leading):
            continue
        twos: Sequence[int] = range(digit * 10, digit * 10 + 10)
        for two in reversed(twos) if descending else twos:
            if not _is_passed(two * unit / 10, (two + 1) * unit / 10, descending, start):
                yield (term("n", "price", f"{size}t{two}"),)


def _is_passed(lower: float, upper: float, descending: bool, start: float | None) -> bool:
    """Whether a page that goes on from ``start`` has left this bucket behind; borders are given some room."""
    if start is None:
        return False
    return lower > start * 1.000001 if descending else upper < start * 0.999999
