"""Lists by price without sorting every match: the index's own price buckets, walked in order.

Each card carries three terms of its price: the magnitude, with one leading digit, and with two. Walking them
from the cheapest on, only the cards of the few buckets a page needs are read and sorted.
"""

from collections.abc import Callable, Iterator, Sequence

from fairboard.fields import term

SMALLEST, LARGEST = -2, 10
"""Magnitudes of the lowest and the highest price there can be: 0.01 and 10,000,000,000."""


def price_terms(
    exists: Callable[[str], bool], *, descending: bool, start: float | None = None, end: float | None = None
) -> Iterator[tuple[str, ...]]:
    """The buckets that hold something, in the order of their prices, as the terms of each.

    ``exists`` says whether any wanted card carries a term; ``start`` is the price a page goes on from, ``end``
    the last one that is wanted.
    """
    order: Sequence[int] = range(SMALLEST, LARGEST + 1)
    zero = term("n", "price", "z")
    if not descending and (start is None or start <= 0):
        yield (zero,)
    for exponent in reversed(order) if descending else order:
        yield from _magnitude(exists, exponent, descending, start, end)
    if descending and not end:
        yield (zero,)


def _magnitude(
    exists: Callable[[str], bool], exponent: int, descending: bool, start: float | None, end: float | None
) -> Iterator[tuple[str, ...]]:
    unit = 10.0**exponent
    size = f"p{'n' if exponent < 0 else ''}{abs(exponent)}"
    if _is_outside(unit, unit * 10, descending, start, end) or not exists(term("n", "price", size)):
        return
    digits: Sequence[int] = range(1, 10)
    for digit in reversed(digits) if descending else digits:
        leading = term("n", "price", f"{size}d{digit}")
        if _is_outside(digit * unit, (digit + 1) * unit, descending, start, end) or not exists(leading):
            continue
        twos: Sequence[int] = range(digit * 10, digit * 10 + 10)
        for two in reversed(twos) if descending else twos:
            if not _is_outside(two * unit / 10, (two + 1) * unit / 10, descending, start, end):
                yield (term("n", "price", f"{size}t{two}"),)


def _is_outside(lower: float, upper: float, descending: bool, start: float | None, end: float | None) -> bool:
    """Whether a bucket lies before the price a page goes on from or after the last one wanted; borders have room."""
    least, most = (end, start) if descending else (start, end)
    return (least is not None and upper < least * 0.999999) or (most is not None and lower > most * 1.000001)
