"""When something that comes back is due next: every day, week or month at a time, or five cron fields. All in UTC."""

import calendar
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fairboard.kit.problems import Invalid

FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
"""Minute, hour, day of the month, month, day of the week, where 0 and 7 are Sunday (as crontab(5) has it)."""
FURTHEST = 366 * 5


def time_of(given: object) -> tuple[int, int]:
    """``08:30`` as hour and minute, eight o'clock when empty; raises Invalid."""
    hour, _colon, minute = (str(given or "") or "08:00").partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()):
        raise Invalid(_("Write a time such as 08:30."), field="at")
    if int(hour) > 23 or int(minute) > 59:
        raise Invalid(_("Write a time such as 08:30."), field="at")
    return int(hour), int(minute)


def fields_of(text: str) -> list[frozenset[int]]:
    """The values each of the five fields allows; raises Invalid. Names of days and months are not understood."""
    parts = text.split()
    if len(parts) != 5:
        raise Invalid(_("Write five cron fields, such as: 0 8 * * 1-5"), field="cron")
    return [_allowed(part, low, high) for part, (low, high) in zip(parts, FIELDS, strict=True)]


def _allowed(part: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for one in part.split(","):
        span, _slash, step = one.partition("/")
        first, _dash, last = span.partition("-")
        numbers = [step or "1", str(low) if first == "*" else first, last or "0"]
        if not all(each.isascii() and each.isdigit() and len(each) < 4 for each in numbers) or int(numbers[0]) < 1:
            raise Invalid(_("Write five cron fields, such as: 0 8 * * 1-5"), field="cron")
        start = int(numbers[1])
        end = int(last) if last else (high if first == "*" or step else start)
        if not low <= start <= end <= high:
            raise Invalid(_("A cron field is out of range."), field="cron")
        found.update(range(start, end + 1, int(numbers[0])))
    return frozenset(found)


def next_due(trigger: Mapping[str, Any], after: datetime) -> datetime:
    """The first moment after ``after`` at which the trigger is due; raises Invalid when there is none."""
    if trigger.get("every") == "cron":
        return _next_cron(str(trigger.get("cron", "")), after)
    hour, minute = time_of(trigger.get("at"))
    moment = after.replace(hour=hour, minute=minute, second=0, microsecond=0)
    for _day in range(63):
        if moment > after and _fits(trigger, moment):
            return moment
        moment += timedelta(days=1)
    raise Invalid(_("This never happens."), field="every")


def _fits(trigger: Mapping[str, Any], moment: datetime) -> bool:
    if trigger.get("every") == "week":
        return moment.weekday() == int(trigger.get("weekday", 0))
    if trigger.get("every") == "month":
        last = calendar.monthrange(moment.year, moment.month)[1]
        return moment.day == min(int(trigger.get("day", 1)), last)
    return True


def _next_cron(text: str, after: datetime) -> datetime:
    minutes, hours, days, months, weekdays = fields_of(text)
    parts = text.split()
    either = parts[2] != "*" and parts[4] != "*"  # crontab(5): with both given, one of them is enough
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for _day in range(FURTHEST):
        by_date, by_week = day.day in days, {day.isoweekday() % 7, day.isoweekday()} & weekdays
        if day.month in months and ((by_date or by_week) if either else (by_date and by_week)):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    moment = day.replace(hour=hour, minute=minute)
                    if moment > after:
                        return moment
        day += timedelta(days=1)
    raise Invalid(_("This never happens."), field="cron")
