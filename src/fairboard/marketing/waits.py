"""How long a wait of a journey lasts for one person: so long, until a day of the week, about a date of theirs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fairboard.marketing import graph, timing


def until(step: Mapping[str, Any], *, began: datetime, zone: str, values: Mapping[str, Any]) -> datetime | None:
    """When a wait that began at a moment is over, in UTC; None where the date it waits for is not known."""
    mode = step.get("mode")
    if mode == "weekday":
        return _weekday(step, began, zone)
    if mode == "date":
        return _date(step, zone, values)
    minutes = int(step.get("amount") or 0) * graph.UNITS.get(str(step.get("unit")), 0)
    return began + timedelta(minutes=min(max(minutes, 0), graph.LONGEST_WAIT))


def _weekday(step: Mapping[str, Any], began: datetime, zone: str) -> datetime:
    days = {int(one) for one in step.get("weekdays") or ()} or set(range(7))
    there = timing.zone_of(zone)
    today = began.astimezone(there).date()
    for ahead in range(8):
        moment = _at(today + timedelta(days=ahead), int(step.get("minute") or 0), zone)
        if moment.astimezone(there).weekday() in days and moment >= began:
            return moment
    return began


def _date(step: Mapping[str, Any], zone: str, values: Mapping[str, Any]) -> datetime | None:
    text = str(values.get(str(step.get("field", ""))) or "")
    try:
        day = date.fromisoformat(text[:10])
        return _at(day + timedelta(days=int(step.get("days") or 0)), int(step.get("minute") or 0), zone)
    except (ValueError, OverflowError):
        return None


def _at(day: date, minute: int, zone: str) -> datetime:
    made = datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=timing.zone_of(zone))
    return made.astimezone(UTC)
