"""Calendars: the records of a filter on the days of a month or a week."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.crm.queries.records import RecordRow, records, schema_for
from fairboard.crm.views.cells import names_for
from fairboard.crm.views.listing import Listing
from fairboard.filters import And, Condition, Node
from fairboard.filters.schema import validate

MOST = 600
A_DAY = 4


def context(found: Listing) -> dict[str, Any]:
    """The days with what lies on them, and the addresses of the span before and after."""
    today = found.at.date()
    day = _day(found.one("_day"), today)
    is_week = found.options.get("span") == "week"
    days = (
        _week(day) if is_week else [one for week in Calendar().monthdatescalendar(day.year, day.month) for one in week]
    )
    page = records(
        actor=found.actor, type_key=found.info.key, tree=_within(found, days[0], days[-1]), sort=_sort(found), size=MOST
    )
    by_day: dict[str, list[dict[str, Any]]] = {}
    names = names_for(found.actor, found.info, page.items, ("owner",))
    for row in page.items:
        when = _when(found, row)
        by_day.setdefault(when[:10], []).append(
            {"id": row.id, "name": row.name or _("Without a name"), "owner": names.owners.get(row.owner_id, ""),
             "time": when[11:16] if len(when) > 10 else ""}
        )  # fmt: skip
    most = 60 if is_week else A_DAY
    cells = [
        {
            "day": one, "number": one.day, "is_today": one == today, "is_other": not is_week and one.month != day.month,
            "items": by_day.get(one.isoformat(), [])[:most],
            "more": max(0, len(by_day.get(one.isoformat(), [])) - most), "href": _day_address(found, one),
        }
        for one in days
    ]  # fmt: skip
    step = timedelta(days=7)
    before = day - step if is_week else day.replace(day=1) - timedelta(days=1)
    after = day + step if is_week else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    title = f"{formats.date_format(days[0], 'j M')} – {formats.date_format(days[-1], 'j M Y')}" if is_week else (
        formats.date_format(day, "F Y")
    )  # fmt: skip
    return {
        "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)], "title": title, "is_week": is_week,
        "weekdays": [formats.date_format(one, "D") for one in days[:7]],
        "before_url": found.address(day=before.isoformat()), "after_url": found.address(day=after.isoformat()),
        "today_url": found.address(day=""), "is_full": bool(page.next_cursor), "most": MOST,
        "spans": [
            {"label": _("Month"), "href": found.address(span="month"), "current": not is_week},
            {"label": _("Week"), "href": found.address(span="week"), "current": is_week},
        ],
    }  # fmt: skip


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if 1901 <= found.year <= 2199 else today


def _week(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=at) for at in range(7)]


def _field(found: Listing) -> str:
    return "created" if found.group == "created" else found.group


def _sort(found: Listing) -> str:
    return _field(found)


def _within(found: Listing, first: date, last: date) -> Node:
    schema = schema_for(found.seat, found.info)
    key = _field(found)
    end = last.isoformat()
    if schema.columns[key].spec.type == "datetime":
        end = f"{end}T23:59:59Z"
    inside = validate(Condition(key, "between", (first.isoformat(), end)), schema)
    return inside if found.tree is None else And((found.tree, inside))


def _when(found: Listing, row: RecordRow) -> str:
    if found.group == "created":
        return row.created_at.isoformat()
    return str(row.values.get(found.group, ""))


def _day_address(found: Listing, day: date) -> str:
    address = found.address(kind="table", group="", day="", span="")
    after = (day + timedelta(days=1)).isoformat()
    glue = "&" if "?" in address else "?"
    is_moment = found.group in found.info.fields and found.info.fields[found.group].type == "datetime"
    name = found.group
    if is_moment:
        return f"{address}{glue}{name}.gte={day.isoformat()}&{name}.lt={after}"
    return f"{address}{glue}{name}={day.isoformat()}"
