"""Small statistics: quantiles and the interval of a share. Plain functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval, each 0 to 1; None where nothing was counted."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


def wilson(part: int, whole: int) -> Share:
    """The share and its Wilson score interval at 95 % (E. B. Wilson, JASA 22, 1927), right for small shares too."""
    if whole == 0:
        return Share(part, whole, None, None, None)
    z = 1.959963984540054
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return Share(part, whole, share, max(0.0, middle - reach), min(1.0, middle + reach))


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` of them do not exceed (nearest rank); None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
