"""What reports group by: a field's value, the month or week of a day, the bucket of a number, the age of a date.

Each way gives the SQL of a group's key, the filter of exactly the records of a key (which the list a figure opens is
narrowed by), the key's order and what it is called.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm import sql
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries.periods import month_start
from fairboard.crm.queries.records import names_of
from fairboard.filters import Column, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

STEPS: dict[str, str | Promise] = {
    "day": gettext_lazy("Day"), "week": gettext_lazy("Week"), "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"), "year": gettext_lazy("Year"), "age": gettext_lazy("Days ago"),
}  # fmt: skip
BUCKETS = (1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000)
"""Whole numbers only: the edges of their buckets are exact in every database."""
DATES, NUMBERS = {"date", "datetime"}, {"number", "money"}
PLAIN = {"text", "email", "phone", "link", "choice", "yesno"}
AGES = ((0, None), (1, 30), (31, 60), (61, 90), (91, None))
"""Days past: not yet, then the buckets receivables are usually sorted into."""


@dataclass(frozen=True, slots=True)
class Group:
    """One way to group: a column of the schema, and the step of a date or the size of a number's buckets."""

    key: str
    step: str
    column: Column
    label: str
    field: FieldInfo | None

    @property
    def kind(self) -> str:
        """The type of the column's value."""
        return self.column.spec.type


def groupable(schema: Schema, info: TypeInfo) -> dict[str, Column]:
    """The columns a report can group by, by key."""
    return {
        key: one for key, one in schema.columns.items()
        if one.spec.type in DATES | NUMBERS | PLAIN and key not in {"id", "created_at", "updated_at"}
        and not key.startswith("did_")
    }  # fmt: skip


def field_of(info: TypeInfo, key: str) -> FieldInfo | None:
    """The field of a column; None of a system column."""
    first, _dot, rest = key.partition(".")
    one = info.fields.get(first)
    if not rest or one is None:
        return one
    other = catalogue().types.get(one.targets[0])
    return other.fields.get(rest) if other else None


def read(given: Any, schema: Schema, info: TypeInfo, place: str) -> Group:
    """A group of ``{"field": key, "by": step}``; raises Invalid."""
    key = str(given.get("field", "")) if isinstance(given, Mapping) else ""
    column = groupable(schema, info).get(key)
    if column is None:
        raise Invalid(_("There are no groups by %(key)s here.") % {"key": key[:60]}, field=place)
    step = str(given.get("by") or "")
    kind = column.spec.type
    if kind in DATES:
        step = step or "month"
        fits = step in STEPS
    elif kind in NUMBERS:
        step = step or "100"
        fits = step.isdecimal() and len(step) < 9 and int(step) in BUCKETS
    else:
        fits = not step
    if not fits:
        raise Invalid(_("%(label)s cannot be grouped this way.") % {"label": column.label}, field=place)
    label = (column.label or column.spec.label).capitalize() if "." not in key else column.label
    return Group(key, step, column, label, field_of(info, key))


def raw(group: Group, info: TypeInfo) -> str:
    """The SQL records are first gathered by: the relation of a related field, the day of a date, else the key itself.

    There are few of these beside the records, an index may hold them in order, and `expression` makes keys of them.
    """
    if "." in group.key:
        return sql.expressions(info.fields[group.key.partition(".")[0]])[dialect()]
    text = group.column.expression(dialect())
    return _bucket(text, int(group.step)) if group.kind in NUMBERS else text


def expression(group: Group, name: str, today: date) -> str:
    """The SQL of a group's key over its raw column; an empty text stays one (see `tidy`)."""
    text = name
    if "." in group.key and group.field is not None:
        inner = sql.expressions(group.field, "aim")[dialect()]
        text = f"(SELECT {inner} FROM crm_record aim WHERE aim.public_id = {name} AND aim.deleted_at IS NULL)"
        if group.kind in NUMBERS:
            return _bucket(text, int(group.step))
    return _step(text, group.step, today) if group.kind in DATES else text


def _bucket(text: str, size: int) -> str:
    if dialect() == "postgresql":
        return f"floor(({text})::numeric / {size:d})::bigint"
    part = f"({text} / {size:d}.0)"
    return f"(CAST({part} AS INTEGER) - ({part} < CAST({part} AS INTEGER)))"


def _step(text: str, step: str, today: date) -> str:
    day = f"substr({text}, 1, 10)" if dialect() == "sqlite" else f"left(({text})::text, 10)"
    if step == "day":
        return day
    if step in {"month", "year"}:
        return f"substr({day}, 1, {7 if step == 'month' else 4})"
    if step == "quarter":
        number = f"((CAST(substr({day}, 6, 2) AS INTEGER) + 2) / 3)"
        return f"(substr({day}, 1, 4) || '-Q' || CAST({number} AS TEXT))"
    if step == "week":
        if dialect() == "sqlite":
            return f"date({day}, '-6 days', 'weekday 1')"
        return f"to_char(date_trunc('week', ({day})::date), 'YYYY-MM-DD')"
    cases = "".join(
        f" WHEN {day} >= '{today - timedelta(days=most or 0)}' THEN {at:d}"
        for at, (_least, most) in enumerate(AGES[:-1])
    )
    return f"CASE WHEN {text} IS NULL THEN NULL{cases} ELSE {len(AGES) - 1:d} END"


def tidy(group: Group, found: Any) -> Any:
    """A key as it is kept in the program: a choice nobody knows any more is one of ``?``."""
    if found is None or found == "":
        return None
    if group.kind == "yesno":
        return bool(found)
    if group.kind in NUMBERS or group.step == "age":
        return int(found)
    if group.kind == "choice" and found not in {one.key for one in group.column.spec.choices}:
        return "?"
    return str(found)


def condition(group: Group, key: Any, today: date) -> dict[str, Any]:
    """The filter, as JSON, of exactly the records of a key."""
    if key is None:
        return {"field": group.key, "op": "is_empty", "value": True}
    if group.kind in NUMBERS:
        return _between_numbers(group, int(key) * int(group.step), int(group.step))
    if group.kind in DATES:
        first, last = days_of(group.step, key, today)
        return days(group.key, group.kind, first, last)
    if key == "?" and group.kind == "choice":
        known = [one.key for one in group.column.spec.choices]
        strange: list[dict[str, Any]] = [{"field": group.key, "op": "is_empty", "value": False}]
        if known:
            strange.append({"not": {"field": group.key, "op": "in", "value": known}})
        return {"and": strange}
    return {"field": group.key, "op": "eq", "value": key}


def _between_numbers(group: Group, low: int, size: int) -> dict[str, Any]:
    """From ``low`` to below the next bucket; a bound beyond what the field can hold is left out."""
    spec = group.column.spec
    parts: list[dict[str, Any]] = [{"field": group.key, "op": "is_empty", "value": False}]
    if spec.minimum is None or Decimal(low) >= spec.minimum:
        parts.append({"field": group.key, "op": "gte", "value": low})
    if spec.maximum is None or Decimal(low + size) <= spec.maximum:
        parts.append({"field": group.key, "op": "lt", "value": low + size})
    return {"and": parts}


def days(key: str, kind: str, first: date | None, last: date | None) -> dict[str, Any]:
    """The filter of a column between two days, both inside; an open end is None."""
    parts: list[dict[str, Any]] = []
    if first is not None and first.year >= 1900:
        parts.append({"field": key, "op": "gte", "value": first.isoformat()})
    if last is not None and last.year <= 2200 and kind == "date":
        parts.append({"field": key, "op": "lte", "value": last.isoformat()})
    elif last is not None and last.year < 2200:
        parts.append({"field": key, "op": "lt", "value": (last + timedelta(days=1)).isoformat()})
    return {"and": parts or [{"field": key, "op": "is_empty", "value": False}]}


def days_of(step: str, key: Any, today: date) -> tuple[date | None, date | None]:
    """The first and last day of a key; None where there is no end."""
    if step == "age":
        least, most = AGES[int(key)]
        if int(key) == 0:
            return today, None
        return (None if most is None else today - timedelta(days=most)), today - timedelta(days=least)
    text = str(key)
    if step in {"day", "week"}:
        first = date.fromisoformat(text)
        return first, first + timedelta(days=6 if step == "week" else 0)
    year = int(text[:4])
    if step == "year":
        return date(year, 1, 1), date(year, 12, 31)
    begins = int(text[6:]) * 3 - 2 if step == "quarter" else int(text[5:7])
    return month_start(year, begins), month_start(year, begins + (3 if step == "quarter" else 1)) - timedelta(days=1)


def order(group: Group, key: Any) -> tuple[Any, ...]:
    """Where a key stands among its siblings; an empty value comes last."""
    if key is None:
        return (1, 0, "")
    if group.kind == "choice":
        known = [one.key for one in group.column.spec.choices]
        return (0, known.index(key) if key in known else len(known), "")
    if group.kind == "yesno":
        return (0, 0 if key else 1, "")
    return (0, key, "") if isinstance(key, int) else (0, 0, str(key).casefold())


def labels(group: Group, keys: Collection[Any], actor: Actor, info: TypeInfo) -> dict[Any, str]:
    """What keys are called."""
    if group.key == "record_type":
        known = {one.key: one.label for one in info.variants}
        return {one: known.get(str(one), str(one)) if one else str(_("None")) for one in keys}
    if group.key == "owner":
        found = people.names_of({str(one) for one in keys if one})
        return {one: found.get(str(one), str(one)) if one else str(_("Nobody")) for one in keys}
    if group.field is not None and group.field.kind == "relation":
        named = names_of(actor=actor, ids={str(one) for one in keys if one})
        return {one: named.get(str(one), str(_("Not to be seen"))) if one else str(_("None")) for one in keys}
    return {one: label(group, one) for one in keys}


def label(group: Group, key: Any) -> str:
    """What one key of a plain value is called."""
    if key is None:
        return str(_("None"))
    if group.kind == "yesno":
        return str(_("Yes") if key else _("No"))
    if group.kind in NUMBERS:
        low = int(key) * int(group.step)
        return f"{low:,}" if group.step == "1" else f"{low:,} – {low + int(group.step):,}"
    if group.step == "age":
        return _age(int(key))
    if group.step == "week":
        week = date.fromisoformat(str(key)).isocalendar()
        return str(_("Week %(week)d, %(year)d")) % {"week": week.week, "year": week.year}
    if group.step == "month":
        return month_label(date(int(str(key)[:4]), int(str(key)[5:7]), 1))
    if group.step == "day":
        return formats.date_format(date.fromisoformat(str(key)), "DATE_FORMAT")
    if key == "?" and group.kind == "choice":
        return str(_("Not offered any more"))
    if group.kind == "choice":
        return next((one.label for one in group.column.spec.choices if one.key == key), str(key))
    return str(key)


def month_label(month: date) -> str:
    """A month in few letters, as the reader's language writes it."""
    return formats.date_format(month, "M Y")


def _age(at: int) -> str:
    least, most = AGES[at]
    if at == 0:
        return str(_("Not yet"))
    if most is None:
        return str(_("More than %(n)d days ago")) % {"n": least - 1}
    return str(_("%(least)d – %(most)d days ago")) % {"least": least, "most": most}
