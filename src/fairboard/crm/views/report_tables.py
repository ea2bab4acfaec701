"""A report that was run, for templates: figures in words, each with the address of the list it opens."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fairboard.crm import charts
from fairboard.crm.queries import report_words
from fairboard.crm.queries.report_words import change, said
from fairboard.crm.queries.reports import Cell, Head, Result, Row
from fairboard.crm.services.charts import Drawn, ask
from fairboard.crm.views.listing import LONGEST

STEPS_OF_HEAT = 9


def list_address(type_key: str, tree: Any) -> str:
    """The list of exactly these records; empty for a filter too long for an address."""
    address = reverse("crm:list", args=[type_key])
    if not tree:
        return address
    text = json.dumps(tree, separators=(",", ":"), ensure_ascii=False)
    return f"{address}?_filter={quote(text)}" if len(text) <= LONGEST else ""


def drawn(result: Result, *, at: datetime) -> dict[str, Any]:
    """Everything a template shows of a report; its chart is asked for, and there when it was drawn before."""
    most = max((abs(one) for row in result.rows for cell in row.cells if (one := _first(cell, result))), default=0)
    shown = _Shown(result, most)
    rows, last = [], ()
    for row in result.rows:
        rows.append(shown.row(row, last))
        last = row.keys if row.level == len(result.row_heads) else ()
    return {
        "row_heads": result.row_heads, "columns": [one.label for one in result.columns],
        "measures": [_head(one) for one in result.measures], "rows": rows, "notes": result.notes,
        "totals": [shown.cell(one) for one in result.totals], "total": shown.cell(result.total),
        "has_totals": result.has_totals, "chart": chart(result, at),
        "numbers": shown.numbers() if _is_number(result) else [], "compared": result.compared,
        "is_empty": bool(result.row_heads) and not result.rows,
    }  # fmt: skip


def _is_number(result: Result) -> bool:
    return result.chart.get("kind") == "number" or not (result.row_heads or result.columns)


def _first(cell: Cell, result: Result) -> float | None:
    return cell.values.get(result.measures[0].key)


def _head(one: Head) -> str:
    return f"{one.label} ({one.unit})" if one.unit and one.unit != "%" else one.label


class _Shown:
    """Draws cells of one report."""

    def __init__(self, result: Result, most: float) -> None:
        self.result, self.most = result, most

    def row(self, row: Row, last: Sequence[Any]) -> dict[str, Any]:
        """A row; labels that were said in the row above are said to screen readers only."""
        labels = [
            {"text": text, "again": list(last[: at + 1]) == list(row.keys[: at + 1]) and at < len(row.labels) - 1}
            for at, text in enumerate(row.labels)
        ]  # fmt: skip
        return {
            "labels": labels, "rest": len(self.result.row_heads) - row.level,
            "is_sub": row.level < len(self.result.row_heads),
            "cells": [self.cell(one) for one in row.cells], "total": self.cell(row.total),
        }  # fmt: skip

    def cell(self, cell: Cell) -> list[dict[str, Any]]:
        """The figures of a cell, each with its address."""
        return [self.figure(cell, one) for one in self.result.measures]

    def figure(self, cell: Cell, head: Head) -> dict[str, Any]:
        """One figure: its text, address, shade, and change against the period before."""
        value = cell.values.get(head.key)
        differs = change(cell, head.key)
        heat = round(STEPS_OF_HEAT * abs(value) / self.most) if self.result.is_heat and value and self.most else 0
        unit = " %" if head.unit == "%" and value is not None else ""
        return {
            "text": said(value, head) + unit,
            "href": self._address(cell, head.key) if value else "",
            "heat": min(heat, STEPS_OF_HEAT), "change": f"{differs:+.0f} %" if differs is not None else "",
            "rose": differs is not None and differs >= 0,
        }  # fmt: skip

    def _address(self, cell: Cell, key: str) -> str:
        if key not in cell.trees:
            return ""
        return list_address(cell.type_key or self.result.type_key, cell.trees[key])

    def numbers(self) -> list[dict[str, Any]]:
        """The totals as big numbers, the chart's figure first."""
        first = report_words.measure_of(self.result).key
        heads = sorted(self.result.measures, key=lambda one: one.key != first)
        return [
            {"label": one.label, "unit": one.unit if one.unit != "%" else "", **self.figure(self.result.total, one)}
            for one in heads
        ]  # fmt: skip


def chart(result: Result, at: datetime) -> dict[str, Any] | None:
    """The chart of a report for `crm/parts/chart.html`; None of a report without one."""
    found = report_words.drawing(result)
    if found is None:
        return None
    made = charts.specs(found)
    (one,) = ask([made], at=at).values()
    return chart_context(one, str(_("Chart: %(what)s. The figures are in the table.")) % {"what": found.label})


def chart_context(one: Drawn, label: str, turn: int = 0) -> dict[str, Any]:
    """A drawing for its template; the SVG is our own process's, which escapes what is written in it."""
    return {
        "key": one.key, "wide": SafeString(one.wide), "narrow": SafeString(one.narrow), "failed": one.failed,
        "is_there": bool(one.wide), "label": label, "turn": turn,
    }  # fmt: skip
