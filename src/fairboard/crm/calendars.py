"""Meetings as iCalendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fairboard.crm.queries.records import RecordRow

AN_HOUR = timedelta(hours=1)


def calendar(rows: Iterable[RecordRow], *, at: datetime, address: str) -> bytes:
    """A calendar of meetings; one without an end lasts an hour. ``address`` is that of the site."""
    from icalendar import Calendar, Event  # noqa: PLC0415, only a calendar needs it

    host = urlsplit(address).hostname or "localhost"
    found = Calendar()
    found.add("prodid", "-//Fairboard//CRM//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for row in rows:
        begins = _moment(row.values.get("starts_at"))
        if begins is None:
            continue
        ends = _moment(row.values.get("ends_at"))
        one = Event()
        one.add("uid", f"{row.id}@{host}")
        one.add("dtstamp", at)
        one.add("last-modified", row.updated_at)
        one.add("sequence", row.version)
        one.add("dtstart", begins)
        one.add("dtend", ends if ends and ends > begins else begins + AN_HOUR)
        one.add("summary", str(row.values.get("subject", "")))
        if place := row.values.get("place"):
            one.add("location", str(place))
        if notes := row.values.get("description"):
            one.add("description", str(notes))
        one.add("url", f"{address.rstrip('/')}/crm/meeting/{row.id}/")
        found.add_component(one)
    text: bytes = found.to_ical()
    return text


def _moment(kept: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(kept)) if kept else None
    except ValueError:
        return None
