"""Dates (``date``), moments (``datetime``) and times of day (``time``)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from dateutil import parser as dateutil_parser

from fairboard.fields.base import FieldError, FieldSpec, term, text_of

EARLIEST, LATEST = 1900, 2200
_HINT = "Write a date such as 2026-12-31."
Day = TypeVar("Day", date, datetime)


class Date:
    """A day. ISO dates, ``31.12.2026`` and ``12/31/2026`` are understood."""

    name = "date"
    cel_type = "string"
    operators: tuple[str, ...] = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> date:
        """The day; raises FieldError."""
        if isinstance(raw, datetime):
            return _in_range(raw).date()
        if isinstance(raw, date):
            return _in_range(raw)
        return _in_range(_read(text_of(raw)).date())

    def format(self, value: date, spec: FieldSpec) -> str:
        """The day as ``5 March 2026``."""
        return f"{value.day} {value:%B %Y}"

    def to_json(self, value: date) -> Any:
        """ISO 8601, which also sorts as text."""
        return value.isoformat()

    def from_json(self, kept: Any, spec: FieldSpec) -> date:
        """The day."""
        return date.fromisoformat(str(kept))

    def index_terms(self, key: str, value: date, spec: FieldSpec) -> Sequence[str]:
        """The month and the day."""
        return (term("d", key, f"{value:%Y%m}"), term("d", key, f"{value:%Y%m%d}"))


class DateTime:
    """A moment, kept in UTC."""

    name = "datetime"
    cel_type = "timestamp"
    operators: tuple[str, ...] = ("lt", "lte", "gt", "gte", "between", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> datetime:
        """The moment to the second; one without a zone is taken as UTC; raises FieldError."""
        found = raw if isinstance(raw, datetime) else _read(text_of(raw))
        try:
            moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):  # a zone days away from UTC, or the first and last day there are
            raise FieldError(_HINT) from None
        return _in_range(moment).replace(microsecond=0)

    def format(self, value: datetime, spec: FieldSpec) -> str:
        """Day and time in UTC."""
        return f"{value.day} {value:%B %Y, %H:%M} UTC"

    def to_json(self, value: datetime) -> Any:
        """ISO 8601 in UTC, which also sorts as text."""
        return value.astimezone(UTC).isoformat(timespec="seconds")

    def from_json(self, kept: Any, spec: FieldSpec) -> datetime:
        """The moment."""
        return datetime.fromisoformat(str(kept))

    def index_terms(self, key: str, value: datetime, spec: FieldSpec) -> Sequence[str]:
        """None: moments are compared in SQL."""
        return ()


class Time:
    """A time of day to the minute, such as 14:30 or 2:30 pm."""

    name = "time"
    cel_type = "string"
    operators: tuple[str, ...] = ("eq", "ne", "lt", "lte", "gt", "gte", "between", "is_empty")

    def parse(self, raw: object, spec: FieldSpec) -> time:
        """The time; raises FieldError."""
        if isinstance(raw, time):
            return raw.replace(second=0, microsecond=0, tzinfo=None)
        text = text_of(raw)
        for form in ("%H:%M", "%H:%M:%S", "%H.%M", "%I:%M %p", "%I %p", "%I:%M%p", "%I%p"):
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007, a time of day has no zone
            except ValueError:
                continue
            return found.time().replace(second=0)
        raise FieldError("Write a time such as 14:30.")

    def format(self, value: time, spec: FieldSpec) -> str:
        """The time as ``14:30``."""
        return f"{value:%H:%M}"

    def to_json(self, value: time) -> Any:
        """``14:30``, which also sorts as text."""
        return f"{value:%H:%M}"

    def from_json(self, kept: Any, spec: FieldSpec) -> time:
        """The time."""
        return time.fromisoformat(str(kept))

    def index_terms(self, key: str, value: time, spec: FieldSpec) -> Sequence[str]:
        """None: times are compared in SQL."""
        return ()


def _in_range(found: Day) -> Day:
    if not EARLIEST <= found.year <= LATEST:
        raise FieldError("This date is out of range.")
    return found


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    # What is missing is taken from a default; two of them show whether the year was.
    first, second = (_guess(text, datetime(year, 1, 1)) for year in (2000, 2004))  # noqa: DTZ001
    if first.year != second.year:
        raise FieldError(_HINT)
    return first


def _guess(text: str, default: datetime) -> datetime:
    try:
        found: datetime = dateutil_parser.parse(text, dayfirst="." in text, default=default)
    except (ValueError, OverflowError, TypeError):
        raise FieldError(_HINT) from None
    return found
