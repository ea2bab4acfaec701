"""Running a report: one query over the records its reader may see, folded into rows, columns and totals.

The condition is the very one lists use, so that a figure equals the list it opens.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fairboard.crm.queries import report_groups, report_indexes
from fairboard.crm.queries.periods import Span
from fairboard.crm.queries.records import condition_of, readable
from fairboard.crm.queries.report_definition import Definition, Measure, read
from fairboard.crm.queries.report_groups import Group
from fairboard.crm.queries.views import tree_of
from fairboard.filters import compile_sql
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from fairboard.kit.problems import Invalid
from fairboard.rules import RuleError

MOST_CELLS = 20_000
MOST_COLUMNS = 60
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A measure or a column: what it is called."""

    key: Any
    label: str
    unit: str = ""
    decimals: int = 0


@dataclass(slots=True)
class Cell:
    """The figures of one cell by measure, the figures of the period before, and the filter of exactly its records."""

    values: dict[str, float | None]
    before: dict[str, float | None] = field(default_factory=dict)
    trees: dict[str, Any] = field(default_factory=dict)
    type_key: str = ""
    """The list it opens, if it is not the report's own."""


@dataclass(slots=True)
class Row:
    """A row: its labels, one a level; ``level`` below the number of groups is a subtotal of those under it."""

    keys: Key
    labels: tuple[str, ...]
    cells: list[Cell]
    total: Cell
    level: int


@dataclass(slots=True)
class Result:
    """A report as it was worked out. ``type_key`` is where its cells lead; ``left_out`` how many rows the limit cut."""

    type_key: str
    row_heads: tuple[str, ...]
    columns: list[Head]
    measures: list[Head]
    rows: list[Row]
    totals: list[Cell]
    total: Cell
    left_out: int = 0
    notes: list[str] = field(default_factory=list)
    chart: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    compared: bool = False
    is_heat: bool = False
    """Whether the cells are shaded by their figure."""
    has_totals: bool = True
    """Whether a row has a figure over all its columns."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a dashboard narrows all its reports by: days, and an owner."""

    period: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""


def run(
    *, actor: Actor, type_key: str, definition: Mapping[str, Any], at: datetime, narrowing: Narrowing | None = None
) -> Result:
    """A report for its reader; raises NotFound for the type, Invalid naming what cannot be chosen."""
    seat, info = readable(actor, type_key)
    asked = read(narrowed(definition, narrowing), seat, info, at=at)
    today = at.date()
    base = base_tree(asked, asked.period.span if asked.period else None)
    found = _fetch(asked, base, today)
    earlier = (
        _fetch(asked, base_tree(asked, asked.period.before), today) if asked.period and asked.period.before else None
    )
    return _fold(asked, base, found, earlier, actor, today)


def narrowed(definition: Mapping[str, Any], narrowing: Narrowing | None) -> dict[str, Any]:
    """A definition with what a dashboard narrows it by."""
    given = dict(definition)
    if narrowing is not None and narrowing.period and isinstance(given.get("period"), Mapping):
        old = given["period"]
        given["period"] = {**narrowing.period, "field": old.get("field", ""), "compare": old.get("compare", False)}
    if narrowing is not None and narrowing.owner:
        own = {"field": "owner", "op": "eq", "value": narrowing.owner}
        given["filter"] = {"and": [given["filter"], own]} if given.get("filter") else {"and": [own]}
    return given


def base_tree(asked: Definition, span: Span | None) -> Any:
    """The JSON filter of every record of the report."""
    parts = [asked.tree] if asked.tree else []
    if asked.period is not None and span is not None:
        parts.append(report_groups.days(asked.period.field, asked.period.kind, span.first, span.last))
    return {"and": parts} if len(parts) > 1 else (parts[0] if parts else None)


@dataclass(slots=True)
class _Found:
    """What the query gave: parts of measures by the keys of rows and column, and those of everything."""

    cells: dict[tuple[Key, Any], list[Any]]
    total: list[Any]
    groups: int


def _parts(one: Measure) -> tuple[str, ...]:
    """The figures a measure is made of; they can be joined over groups, as an average itself cannot."""
    return {"count": ("n",), "sum": ("sum", "n"), "avg": ("sum", "n"), "min": ("min",), "max": ("max",)}.get(
        one.function, ()
    )


def _fetch(asked: Definition, base: Any, today: date) -> _Found:
    groups = [*asked.rows, *([asked.column] if asked.column else [])]
    columns, params = _columns(asked)
    condition, more = condition_of(asked.seat, asked.info, tree_of(base, asked.seat, asked.info, at=asked.at))
    inner = _gathered(asked, groups, [text for text, _way in columns], condition, today)
    ways = [way for _text, way in columns]
    overall = "".join(f", {_joins(way)}(p{at:d}) OVER ()" for at, way in enumerate(ways))
    order = _order(asked)
    most = asked.limit + 1 if order and not (asked.period and asked.period.before) else MOST_CELLS + 1
    text = f"SELECT found.*, COUNT(*) OVER (){overall} FROM ({inner}) AS found{order} LIMIT {most:d}"
    with connection.cursor() as cursor:
        cursor.execute(text, [*params, *more])
        rows = cursor.fetchall()
    if len(rows) > MOST_CELLS:
        raise Invalid(_("This report has too many groups. Group by something coarser, or add a filter."), field="rows")
    found = _Found({}, list(rows[0][len(groups) + len(ways) + 1 :]) if rows else _nothing(ways), 0)
    found.groups = int(rows[0][len(groups) + len(ways)]) if rows else 0
    for row in rows:
        tidied = [report_groups.tidy(one, key) for one, key in zip(groups, row, strict=False)]
        at = (tuple(tidied[: len(asked.rows)]), tidied[-1] if asked.column else None)
        parts = list(row[len(groups) : len(groups) + len(ways)])
        found.cells[at] = _joined([found.cells[at], parts], ways) if at in found.cells else parts
    return found


def _joins(way: str) -> str:
    return "SUM" if way in {"sum", "n"} else way.upper()


def _gathered(asked: Definition, groups: Sequence[Group], parts: Sequence[str], condition: str, today: date) -> str:
    """Records gathered by their raw keys, and these by the keys of the report: names ``g0`` … and ``p0`` …."""
    table = f"crm_record{report_indexes.hint(asked)}"
    is_plain = all("." not in one.key and one.kind not in report_groups.DATES for one in groups)  # raw keys are keys
    name = "g" if is_plain else "r"
    raws = [f"{report_groups.raw(one, asked.info)} AS {name}{at:d}" for at, one in enumerate(groups)]
    by = f" GROUP BY {', '.join(str(at + 1) for at in range(len(groups)))}" if groups else ""
    inner = f"SELECT {', '.join([*raws, *parts])} FROM {table} WHERE {condition}{by}"
    if is_plain:
        return inner
    keys = [f"{report_groups.expression(one, f'raws.r{at:d}', today)} AS g{at:d}" for at, one in enumerate(groups)]
    return f"SELECT {', '.join([*keys, *_outer(asked)])} FROM ({inner}) AS raws{by}"


def _outer(asked: Definition) -> list[str]:
    ways = [way for one in asked.measures for way in _parts(one)]
    return [f"{_joins(way)}(raws.p{at:d}) AS p{at:d}" for at, way in enumerate(ways)]


def _nothing(ways: Sequence[str]) -> list[Any]:
    return [0 if one == "n" else None for one in ways]


def _columns(asked: Definition) -> tuple[list[tuple[str, str]], list[Any]]:
    """The SQL of each part of each measure with how it joins, and the parameters of their filters."""
    found: list[tuple[str, str]] = []
    params: list[Any] = []
    for one in asked.measures:
        condition, values = "", ()
        if one.node is not None:
            made = compile_sql(one.node, asked.schema, dialect=dialect())
            condition, values = made.text, made.params
        inner = one.column.expression(dialect()) if one.column is not None else "1"
        if condition:
            inner = f"CASE WHEN {condition} THEN {inner} END"
        for way in _parts(one):
            function = "COUNT" if way == "n" else way.upper()
            found.append((f"{function}({inner if condition or one.column else '*'}) AS p{len(found):d}", way))
            params += values
    return found, params


def _order(asked: Definition) -> str:
    """Only reports with one group of rows are cut in the database: the first rows are all they show."""
    if len(asked.rows) != 1 or asked.column is not None:
        return ""
    key = asked.sort.removeprefix("-")
    at = 0
    for one in asked.measures:
        if one.key == key and one.program is None and one.function != "avg":
            way = "DESC" if asked.sort.startswith("-") else "ASC"
            return f" ORDER BY p{at:d} {way}{' NULLS LAST' if way == 'DESC' else ' NULLS FIRST'}, g0"
        at += len(_parts(one))
    return ""


def _joined(parts: Iterable[Sequence[Any]], ways: Sequence[str]) -> list[Any]:
    ways_of: dict[str, Callable[[list[Any]], Any]] = {"sum": sum, "n": sum, "min": min, "max": max}
    rows = list(parts)
    found = []
    for at, way in enumerate(ways):
        filled = [row[at] for row in rows if row[at] is not None]
        found.append(ways_of[way](filled) if filled else (0 if way == "n" else None))
    return found


def _values(asked: Definition, parts: Sequence[Any]) -> dict[str, float | None]:
    """The measures of one cell from its parts; a formula over nothing, or divided by zero, is empty."""
    found: dict[str, float | None] = {}
    at = 0
    for one in asked.measures:
        own = parts[at : at + len(_parts(one))]
        at += len(own)
        if one.program is not None:
            found[one.key] = _worked_out(one, found)
        elif one.function == "avg":
            found[one.key] = float(own[0]) / int(own[1]) if own[1] else None
        else:
            found[one.key] = None if own[0] is None else _plain(own[0])
    return found


def _plain(value: Any) -> float:
    return int(value) if value == int(value) else round(float(value), 6)


def _worked_out(one: Measure, values: Mapping[str, float | None]) -> float | None:
    program = one.program
    if program is None or any(values.get(name) is None for name in program.uses):
        return None
    try:
        result = float(program.evaluate({key: float(value or 0) for key, value in values.items()}))
    except (RuleError, ValueError, TypeError, OverflowError):
        return None
    if not math.isfinite(result):
        return None
    return result * 100 if one.format == "percent" else result


def _fold(
    asked: Definition, base: Any, found: _Found, earlier: _Found | None, actor: Actor, today: date
) -> Result:  # fmt: skip
    ways = [way for one in asked.measures for way in _parts(one)]
    columns = _heads(asked, found, actor)
    folder = _Folder(asked, base, found, earlier, ways, columns, today)
    names = [
        report_groups.labels(group, {keys[at] for keys, _column in found.cells}, actor, asked.info)
        for at, group in enumerate(asked.rows)
    ]
    tops = folder.below(())
    shown = tops[: asked.limit] if asked.rows else []
    several = len(asked.rows) > 1 or asked.column is not None
    left_out = (len(tops) if several else max(found.groups, len(tops))) - len(shown)
    rows = [row for top in shown for row in folder.rows((top,), names)]
    measures = [Head(one.key, one.label, one.unit, one.decimals) for one in asked.measures]
    totals = [folder.cell((), one.key) for one in columns]
    total = Cell(
        _values(asked, found.total),
        _values(asked, earlier.total) if earlier else {},
        folder.trees((), None, with_column=False),
    )
    result = Result(
        asked.info.key, tuple(one.label for one in asked.rows), columns, measures, rows, totals, total,
        left_out if asked.rows else 0, [], asked.chart, asked.rows[0].step if asked.rows else "", earlier is not None,
    )  # fmt: skip
    if result.left_out:
        result.notes.append(str(_("%(n)d more rows are not shown; the totals hold them.")) % {"n": result.left_out})
    return result


def _heads(asked: Definition, found: _Found, actor: Actor) -> list[Head]:
    if asked.column is None:
        return []
    group = asked.column
    keys = sorted({column for _keys, column in found.cells}, key=lambda key: report_groups.order(group, key))
    if len(keys) > MOST_COLUMNS:
        raise Invalid(
            _("This report has %(n)d columns; there can be %(most)d.") % {"n": len(keys), "most": MOST_COLUMNS},
            field="column",
        )
    names = report_groups.labels(group, keys, actor, asked.info)
    return [Head(key, names[key]) for key in keys]


class _Folder:
    """Joins the parts of cells upwards: subtotals, row totals, column totals."""

    def __init__(
        self, asked: Definition, base: Any, found: _Found, earlier: _Found | None, ways: Sequence[str],
        columns: Sequence[Head], today: date,
    ) -> None:  # fmt: skip
        self.asked, self.base, self.columns, self.ways, self.today = asked, base, columns, ways, today
        self.now = self._summed(found)
        self.then = self._summed(earlier) if earlier else None
        self.children: dict[Key, set[Any]] = {}
        for keys, _column in found.cells:
            for depth in range(len(keys)):
                self.children.setdefault(keys[:depth], set()).add(keys[depth])

    def _summed(self, found: _Found) -> dict[tuple[Key, Any, bool], list[Any]]:
        """The parts of each prefix of rows, by column and over all columns."""
        gathered: dict[tuple[Key, Any, bool], list[list[Any]]] = {}
        for (keys, column), parts in found.cells.items():
            for depth in range(len(keys) + 1):
                gathered.setdefault((keys[:depth], None, False), []).append(parts)
                if self.asked.column is not None:
                    gathered.setdefault((keys[:depth], column, True), []).append(parts)
        return {at: _joined(parts, self.ways) for at, parts in gathered.items()}

    def below(self, keys: Key) -> list[Any]:
        """The keys under a prefix in the report's order."""
        group = self.asked.rows[len(keys)] if len(keys) < len(self.asked.rows) else None
        found = self.children.get(keys, set())
        if group is None:
            return []
        plain = sorted(found, key=lambda key: report_groups.order(group, key))
        if not self.asked.sort:
            return plain
        measure = self.asked.sort.removeprefix("-")

        def figure(key: Any) -> float | None:
            return _values(self.asked, self.now[((*keys, key), None, False)])[measure]

        filled = [key for key in plain if figure(key) is not None]
        filled.sort(key=lambda key: figure(key) or 0, reverse=self.asked.sort.startswith("-"))
        empty = [key for key in plain if figure(key) is None]
        return [*filled, *empty] if self.asked.sort.startswith("-") else [*empty, *filled]

    def rows(self, keys: Key, names: Sequence[Mapping[Any, str]]) -> list[Row]:
        """The rows of a prefix: those under it, then its subtotal."""
        labels = tuple(names[at][key] for at, key in enumerate(keys))
        own = Row(
            keys, labels, [self.cell(keys, one.key) for one in self.columns],
            self._cell(keys, None, with_column=False), len(keys),
        )  # fmt: skip
        if len(keys) == len(self.asked.rows):
            return [own]
        return [*(row for key in self.below(keys) for row in self.rows((*keys, key), names)), own]

    def cell(self, keys: Key, column: Any) -> Cell:
        """The cell of a prefix in a column."""
        return self._cell(keys, column, with_column=True)

    def _cell(self, keys: Key, column: Any, *, with_column: bool) -> Cell:
        at = (keys, column, with_column)
        nothing = _nothing(self.ways)
        values = _values(self.asked, self.now.get(at, nothing))
        before = _values(self.asked, self.then.get(at, nothing)) if self.then is not None else {}
        return Cell(values, before, self.trees(keys, column, with_column=with_column))

    def trees(self, keys: Key, column: Any, *, with_column: bool) -> dict[str, Any]:
        """The filter of the records behind each measure of a cell."""
        parts = [self.base] if self.base else []
        parts += [
            report_groups.condition(group, key, self.today)
            for group, key in zip(self.asked.rows, keys, strict=False)
        ]  # fmt: skip
        if with_column and self.asked.column is not None:
            parts.append(report_groups.condition(self.asked.column, column, self.today))
        found = {}
        for one in self.asked.measures:
            own = [*parts, one.tree] if one.tree else parts
            found[one.key] = {"and": own} if len(own) > 1 else (own[0] if own else None)
        return found
