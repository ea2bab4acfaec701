"""The only place that asks what time it is; everything else is told."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def aware(moment: datetime) -> datetime:
    """A moment somebody sent, in UTC: one without a zone is taken as UTC, one out of range as the nearest."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if moment.year > 5000 else datetime.min.replace(tzinfo=UTC)
