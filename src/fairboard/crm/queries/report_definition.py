"""What a report asks for: its JSON read for one reader, who can only choose what they see.

``{"filter": tree, "rows": [{"field", "by"}], "column": {...}, "measures": [{"key", "function", "field", "filter",
"expression", "label", "format"}], "sort": "-key", "limit": n, "period": {"field", "span"|"from", "to", "compare"},
"chart": {"kind", "measure"}}``
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.queries import periods, report_groups
from fairboard.crm.queries.access import SeatInfo
from fairboard.crm.queries.periods import Span
from fairboard.crm.queries.records import schema_for
from fairboard.crm.queries.report_groups import NUMBERS, Group
from fairboard.crm.queries.views import tree_of
from fairboard.filters import Column, Node, Schema
from fairboard.kit.problems import Invalid
from fairboard.rules import Environment, Program, RuleError, Variable

FUNCTIONS: dict[str, str | Promise] = {
    "count": gettext_lazy("Count"), "sum": gettext_lazy("Sum"), "avg": gettext_lazy("Average"),
    "min": gettext_lazy("Smallest"), "max": gettext_lazy("Largest"),
}  # fmt: skip
CHARTS: dict[str, str | Promise] = {
    "": gettext_lazy("None"), "bar": gettext_lazy("Bars"), "stacked": gettext_lazy("Stacked bars"),
    "line": gettext_lazy("Line"), "area": gettext_lazy("Area"), "pie": gettext_lazy("Ring"),
    "funnel": gettext_lazy("Funnel"), "number": gettext_lazy("Number"),
}  # fmt: skip
FORMATS = ("", "percent")
MOST_ROWS, MOST_MEASURES, MOST_LIMIT = 3, 8, 5_000
USUAL_LIMIT = 500
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")
_WHOLE = re.compile(r"(?<![\w.])(\d+)(?![\w.])")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of every group. ``program`` works out a formula; the others have a ``function``."""

    key: str
    label: str
    function: str
    field: str = ""
    column: Column | None = None
    tree: Any = None
    node: Node | None = None
    program: Program | None = None
    format: str = ""

    @property
    def unit(self) -> str:
        """The unit of the figure: the field's, ``%`` of a share, nothing of a count."""
        if self.format == "percent":
            return "%"
        return self.column.spec.unit if self.column is not None else ""

    @property
    def decimals(self) -> int:
        """How many decimals are worth showing."""
        if self.function == "count":
            return 0
        if self.column is None or self.function == "avg":
            return 1 if self.format == "percent" else 2
        return self.column.spec.decimals


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report looks at by one of its dates, and those it is compared with."""

    field: str
    kind: str
    span: Span
    before: Span | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A report as it can be run."""

    info: TypeInfo
    seat: SeatInfo
    schema: Schema
    at: datetime
    tree: Any
    node: Node | None
    rows: tuple[Group, ...]
    column: Group | None
    measures: tuple[Measure, ...]
    sort: str
    limit: int
    period: Period | None
    chart: Mapping[str, str]


def read(given: Mapping[str, Any], seat: SeatInfo, info: TypeInfo, *, at: datetime) -> Definition:
    """The report of a definition for a seat; raises Invalid naming the part that cannot be."""
    schema = schema_for(seat, info)
    rows = given.get("rows") or []
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise Invalid(_("A report has up to %(n)d groups of rows.") % {"n": MOST_ROWS}, field="rows")
    groups = tuple(report_groups.read(one, schema, info, f"rows.{at_}") for at_, one in enumerate(rows))
    column = report_groups.read(given["column"], schema, info, "column") if given.get("column") else None
    measures = _measures(given.get("measures"), seat, info, schema, at)
    sort = str(given.get("sort") or "")
    if sort and sort.removeprefix("-") not in {one.key for one in measures}:
        raise Invalid(_("There is no order by %(key)s here.") % {"key": sort[:40]}, field="sort")
    chart = given.get("chart") if isinstance(given.get("chart"), Mapping) else {}
    kind, shown = str(chart.get("kind") or ""), str(chart.get("measure") or "")  # type: ignore[union-attr]
    if kind not in CHARTS:
        raise Invalid(_("Choose a kind of chart."), field="chart")
    known = {one.key for one in measures}
    return Definition(
        info, seat, schema, at, given.get("filter") or None, tree_of(given.get("filter"), seat, info, at=at), groups,
        column, measures, sort, _limit(given.get("limit")), _period(given.get("period"), schema, at),
        {"kind": kind, "measure": shown if shown in known else measures[0].key},
    )  # fmt: skip


def _limit(given: Any) -> int:
    if given in (None, ""):
        return USUAL_LIMIT
    if isinstance(given, bool) or not str(given).isdecimal() or not 1 <= int(str(given)[:9]) <= MOST_LIMIT:
        raise Invalid(_("Write a number from 1 to %(n)d.") % {"n": MOST_LIMIT}, field="limit")
    return int(given)


def _period(given: Any, schema: Schema, at: datetime) -> Period | None:
    if not isinstance(given, Mapping) or not given.get("field"):
        return None
    column = schema.columns.get(str(given["field"]))
    if column is None or column.spec.type not in report_groups.DATES:
        raise Invalid(_("Choose a date the period goes by."), field="period")
    span = periods.read(given, at.date())
    if span is None:
        return None
    earlier = periods.before(str(given.get("span") or ""), span) if given.get("compare") else None
    return Period(str(given["field"]), column.spec.type, span, earlier)


def _measures(given: Any, seat: SeatInfo, info: TypeInfo, schema: Schema, at: datetime) -> tuple[Measure, ...]:
    if not given:
        given = [{"key": "count", "function": "count"}]
    if not isinstance(given, list) or len(given) > MOST_MEASURES or not all(isinstance(one, Mapping) for one in given):
        raise Invalid(_("A report has up to %(n)d figures.") % {"n": MOST_MEASURES}, field="measures")
    found: list[Measure] = []
    for number, one in enumerate(given):
        place = f"measures.{number}"
        key = str(one.get("key") or f"m{number + 1}")
        if not _KEY.match(key) or key in {other.key for other in found}:
            raise Invalid(_("Name each figure by letters, each by another name."), field=place)
        if one.get("expression"):
            found.append(_formula(one, key, found, place))
        else:
            found.append(_plain(one, key, seat, info, schema, at, place))
    if all(one.program is not None for one in found):
        raise Invalid(_("Choose at least one figure that is not a formula."), field="measures")
    return tuple(found)


def _plain(
    given: Mapping[str, Any], key: str, seat: SeatInfo, info: TypeInfo, schema: Schema, at: datetime, place: str
) -> Measure:
    function = str(given.get("function") or "count")
    if function not in FUNCTIONS:
        raise Invalid(_("Choose count, sum, average, smallest or largest."), field=place)
    field, column = str(given.get("field") or ""), None
    if function != "count":
        column = summable(schema).get(field)
        if column is None:
            raise Invalid(_("Choose a number to work with."), field=place)
    label = _said(given) or (info.plural if column is None else f"{column.label} ({str(FUNCTIONS[function]).lower()})")
    tree = given.get("filter") or None
    return Measure(
        key, label, function, field if column else "", column, tree, tree_of(tree, seat, info, at=at),
    )  # fmt: skip


def summable(schema: Schema) -> dict[str, Column]:
    """The columns that can be summed, by key."""
    return {
        key: one for key, one in schema.columns.items()
        if one.spec.type in NUMBERS and not key.startswith("did_")
    }  # fmt: skip


def _formula(given: Mapping[str, Any], key: str, others: Sequence[Measure], place: str) -> Measure:
    """A formula in CEL over the figures before it; whole numbers are read as decimal ones."""
    environment = Environment([Variable(one.key, "double", one.label) for one in others])
    try:
        program = environment.compile(_WHOLE.sub(r"\1.0", str(given["expression"])[:500]), "double")
    except RuleError as error:
        raise Invalid(str(error), field=place) from error
    kind = str(given.get("format") or "")
    if kind not in FORMATS:
        raise Invalid(_("A formula is shown as a number or as percent."), field=place)
    return Measure(key, _said(given) or key, "formula", program=program, format=kind)


def _said(given: Mapping[str, Any]) -> str:
    """What a figure is called; the packaged names in the reader's language."""
    label = str(given.get("label") or "")[:60]
    return _(label) if label else ""
