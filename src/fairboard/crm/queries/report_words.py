"""A report's figures as people write them, and the points of its chart."""

from collections.abc import Sequence
from dataclasses import replace

from babel import numbers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairboard.crm.charts import MOST_BARS, MOST_SLICES, Drawing, Point
from fairboard.crm.queries.reports import Cell, Head, Result, Row

MOST_SERIES = 8


def said(value: float | None, head: Head, *, with_unit: bool = False) -> str:
    """A figure with thousands separated; nothing of an empty one."""
    if value is None:
        return ""
    shown = round(float(value), head.decimals)
    pattern = "#,##0" if shown == int(shown) and head.unit != "%" else "#,##0." + "0" * head.decimals
    text = numbers.format_decimal(shown, format=pattern.rstrip("."), locale=_locale())
    return f"{text} {head.unit}" if with_unit and head.unit else str(text)


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")


def change(cell: Cell, key: str) -> float | None:
    """By how many percent a figure differs from the period before; None where that had none."""
    now, before = cell.values.get(key), cell.before.get(key)
    if now is None or not before:
        return None
    return 100 * (now - before) / abs(before)


def measure_of(result: Result) -> Head:
    """The figure the chart shows."""
    key = result.chart.get("measure")
    return next((one for one in result.measures if one.key == key), result.measures[0])


def drawing(result: Result) -> Drawing | None:
    """The chart of a report; None of one that has none, or nothing to show."""
    kind = result.chart.get("kind") or ""
    if kind in {"", "number"} or not (result.rows or result.columns):
        return None
    head = measure_of(result)
    points = _points(result, head, kind)
    if kind in {"pie", "funnel"}:
        points = [one for one in points if one.y > 0]
    if kind == "pie":
        points = [replace(one, x=f"{one.x} ({one.text})") for one in _slices(points, head)]
    if not points or all(one.y == 0 for one in points):
        return None
    return Drawing(kind, points, result.step not in {"", "age"} and not result.step.isdecimal(), head.label)


def _points(result: Result, head: Head, kind: str) -> list[Point]:
    tops = [row for row in result.rows if row.level == 1][:MOST_BARS]
    if not tops:
        return _series_of("", result.totals, result.columns, head)
    if kind in {"pie", "funnel"}:
        return [_point(row.labels[0], "", row.total, head) for row in tops]
    if result.columns:
        columns = result.columns[:MOST_SERIES]
        return [
            _point(row.labels[0], column.label, cell, head)
            for row in tops for column, cell in zip(columns, row.cells, strict=False)
        ]  # fmt: skip
    if any(row.level == 2 for row in result.rows) and kind in {"stacked", "line", "area"}:
        return _second(result.rows, tops, head)
    if result.compared and any(row.total.before.get(head.key) for row in tops):
        then = str(_("Before"))
        points = []
        for row in tops:
            points.append(_point(row.labels[0], head.label, row.total, head))
            points.append(_point(row.labels[0], then, Cell(row.total.before), head))
        return points
    return [_point(row.labels[0], "", row.total, head) for row in tops]


def _second(rows: Sequence[Row], tops: Sequence[Row], head: Head) -> list[Point]:
    """The second group as series, the biggest of them."""
    inner = [row for row in rows if row.level == 2]
    weight: dict[str, float] = {}
    for row in inner:
        weight[row.labels[1]] = weight.get(row.labels[1], 0) + abs(row.total.values.get(head.key) or 0)
    kept = sorted(weight, key=lambda one: -weight[one])[:MOST_SERIES]
    shown = {row.keys[0] for row in tops}
    return [
        _point(row.labels[0], row.labels[1], row.total, head)
        for row in inner if row.keys[0] in shown and row.labels[1] in kept
    ]  # fmt: skip


def _series_of(series: str, cells: Sequence[Cell], heads: Sequence[Head], head: Head) -> list[Point]:
    return [_point(one.label, series, cell, head) for one, cell in zip(heads, cells, strict=False)][:MOST_BARS]


def _point(x: str, series: str, cell: Cell, head: Head) -> Point:
    value = cell.values.get(head.key)
    return Point(x, series, float(value or 0), said(value, head))


def _slices(points: Sequence[Point], head: Head) -> list[Point]:
    ordered = sorted(points, key=lambda one: -one.y)
    if len(ordered) <= MOST_SLICES + 1:
        return ordered
    rest = sum(one.y for one in ordered[MOST_SLICES:])
    return [*ordered[:MOST_SLICES], Point(str(_("Others")), "", rest, said(rest, head))]
