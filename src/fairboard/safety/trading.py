"""The thresholds of the INFORM Consumers Act (15 USC 45f), and counting against them. Plain functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

YEAR = timedelta(days=365)
LOOK_BACK = timedelta(days=730)
"""The previous 24 months (45f(f)(3))."""
MANY_SALES = 200
GROSS_MINOR = 500_000
"""200 or more discrete sales and 5,000 dollars or more, in any continuous 12 months (45f(f)(3)(A))."""
DISCLOSED_MINOR = 2_000_000
"""From 20,000 dollars a year the seller's name, address and contact are shown (45f(b)(1)(A))."""
COLLECT = VERIFY = CERTIFY = timedelta(days=10)
"""Ten days to give what is asked, ten for us to verify it, ten to certify it after the yearly notice (45f(a))."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale of something new by a member in the United States; ``minor`` in US cents."""

    member_id: str
    at: datetime
    minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a member sold: the most in any continuous 12 months of the last 24, and the last 12 months."""

    sales: int
    gross_minor: int
    year_minor: int
    is_high_volume: bool


def figures(sold: Sequence[Sale], at: datetime) -> Figures:
    """Count one member's sales at a moment: both thresholds must be reached within the *same* 12 months."""
    recent = sorted((one for one in sold if at - LOOK_BACK < one.at <= at), key=lambda one: one.at)
    first = gross = most = richest = 0
    is_high_volume = False
    for number, one in enumerate(recent):
        gross += one.minor
        while recent[first].at <= one.at - YEAR:
            gross -= recent[first].minor
            first += 1
        count = number - first + 1
        most, richest = max(most, count), max(richest, gross)
        is_high_volume = is_high_volume or (count >= MANY_SALES and gross >= GROSS_MINOR)
    year = sum(one.minor for one in recent if one.at > at - YEAR)
    return Figures(most, richest, year, is_high_volume)
