"""When a mail may go out: at a time of day where the recipient is, and not in their quiet hours. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60


@lru_cache(maxsize=700)
def zone_of(name: str) -> tzinfo:
    """The time zone of this IANA name; UTC where there is none or nobody knows it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def is_quiet(moment: datetime, zone: str, quiet_from: int | None, quiet_to: int | None) -> bool:
    """Whether a moment lies in the quiet hours there; they may go over midnight."""
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return False
    local = moment.astimezone(zone_of(zone))
    minute = local.hour * 60 + local.minute
    if quiet_from < quiet_to:
        return quiet_from <= minute < quiet_to
    return minute >= quiet_from or minute < quiet_to


def next_at(moment: datetime, zone: str, minute: int) -> datetime:
    """The first moment from this one on, in UTC, at which it is that minute of the day there."""
    there = zone_of(zone)
    local = moment.astimezone(there)
    for days in (0, 1, 2):
        day = local.date() + timedelta(days=days)
        found = datetime(day.year, day.month, day.day, minute // 60 % 24, minute % 60, tzinfo=there).astimezone(UTC)
        if found >= moment.replace(second=0, microsecond=0).astimezone(UTC):
            return max(found, moment.astimezone(UTC))
    return moment.astimezone(UTC)


def due(
    start: datetime, zone: str, *, local_minute: int | None, quiet_from: int | None, quiet_to: int | None
) -> datetime:
    """When a mail whose mailing starts at a moment goes to a recipient of a zone, in UTC."""
    moment = start.astimezone(UTC) if local_minute is None else next_at(start, zone, local_minute)
    if is_quiet(moment, zone, quiet_from, quiet_to) and quiet_to is not None:
        return next_at(moment, zone, quiet_to)
    return moment
