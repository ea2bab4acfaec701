"""The clocks of appeals: how long one can be filed, and by when it is to be decided."""

import calendar
from datetime import datetime, timedelta

from django.conf import settings

MONTHS = 6
"""Appeals are open for at least six months after the decision (DSA article 20(1))."""


def last_moment(decided_at: datetime) -> datetime:
    """The end of the day six calendar months after a decision."""
    months = decided_at.month - 1 + MONTHS
    year, month = decided_at.year + months // 12, months % 12 + 1
    day = min(decided_at.day, calendar.monthrange(year, month)[1])
    return decided_at.replace(year=year, month=month, day=day, hour=23, minute=59, second=59, microsecond=999_999)


def due(filed_at: datetime) -> datetime:
    """By when an appeal is to be decided: FAIRBOARD_APPEAL_DAYS after it was filed, 7 unless set."""
    return filed_at + timedelta(days=settings.APPEAL_DAYS)
