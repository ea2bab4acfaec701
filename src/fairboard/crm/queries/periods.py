"""Spans of days reports look at, and the span before each: this month, the last 30 days, from a day to a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.problems import Invalid

SPANS: dict[str, str | Promise] = {
    "today": gettext_lazy("Today"),
    "last_7": gettext_lazy("Last 7 days"),
    "last_30": gettext_lazy("Last 30 days"),
    "last_90": gettext_lazy("Last 90 days"),
    "last_365": gettext_lazy("Last 365 days"),
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "this_quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
    "this_year": gettext_lazy("This year"),
    "last_year": gettext_lazy("Last year"),
    "next_90": gettext_lazy("Next 90 days"),
    "next_365": gettext_lazy("Next 365 days"),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both inside."""

    first: date
    last: date


def month_start(year: int, month: int) -> date:
    """The first day of a month; months below 1 and above 12 are those of other years."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def span_of(given: str, today: date) -> Span:
    """The days of a named span as of today; raises Invalid."""
    if given == "today":
        return Span(today, today)
    way, _line, what = given.partition("_")
    if given in SPANS and what.isdecimal():
        days = timedelta(days=int(what) - 1)
        return Span(today - days, today) if way == "last" else Span(today, today + days)
    if given in SPANS:
        size = _MONTHS[what]
        begins = (today.month - 1) // size * size + 1
        first = month_start(today.year, begins - (size if way == "last" else 0))
        return Span(first, month_start(first.year, first.month + size) - timedelta(days=1))
    raise Invalid(_("There is no such period: %(key)s.") % {"key": given[:40]}, field="period")


def before(given: str, span: Span) -> Span:
    """The span just before one: the calendar's own for months, quarters and years, else as many days."""
    _way, _line, what = given.partition("_")
    if what in _MONTHS:
        size = _MONTHS[what]
        return Span(month_start(span.first.year, span.first.month - size), span.first - timedelta(days=1))
    days = span.last - span.first + timedelta(days=1)
    return Span(span.first - days, span.first - timedelta(days=1))


def read(given: Mapping[str, Any], today: date) -> Span | None:
    """The days of ``{"span": ...}`` or ``{"from": day, "to": day}``; None of neither. Raises Invalid."""
    if given.get("span"):
        return span_of(str(given["span"]), today)
    if given.get("from") and given.get("to"):
        try:
            span = Span(date.fromisoformat(str(given["from"])), date.fromisoformat(str(given["to"])))
        except ValueError:
            raise Invalid(_("Write days such as 2026-12-31."), field="period") from None
        if not span.first <= span.last or span.first.year < 1900 or span.last.year > 2200:
            raise Invalid(_("The first day comes before the last one."), field="period")
        return span
    return None
