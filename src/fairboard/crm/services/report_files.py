"""Reports as files: CSV, XLSX, and PDF with charts."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from fairboard.crm import chart_process, charts
from fairboard.crm.data import paper
from fairboard.crm.queries import report_words
from fairboard.crm.queries.report_words import said
from fairboard.crm.queries.reports import Cell, Head, Result
from fairboard.crm.services.charts import drawn_now
from fairboard.kit.spreadsheets import disarmed

FORMS = ("csv", "xlsx", "pdf")
TYPES = {
    "csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
MOST_ON_PAPER, WIDEST_ON_PAPER = 60, 10


@dataclass(frozen=True, slots=True)
class Titled:
    """A report that was run, with its name; ``result`` is None where ``problem`` says why it could not be."""

    name: str
    result: Result | None
    problem: str = ""


def table(result: Result) -> tuple[list[str], list[list[Any]]]:
    """The heads and the rows of a report with plain figures: every group in full, no subtotals."""
    heads = list(result.row_heads)
    for column in result.columns:
        heads += [f"{column.label}: {_head(one)}" if len(result.measures) > 1 else column.label
                  for one in result.measures]  # fmt: skip
    total = str(_("Total"))
    sums = result.has_totals or not result.columns
    if sums:
        heads += [f"{total}: {_head(one)}" if result.columns else _head(one) for one in result.measures]
    rows: list[list[Any]] = [
        [*row.labels, *_figures([*row.cells, row.total] if sums else row.cells, result)]
        for row in result.rows if row.level == len(result.row_heads)
    ]  # fmt: skip
    last = [total, *[""] * (len(result.row_heads) - 1)] if result.row_heads else []
    rows.append([*last, *_figures([*result.totals, result.total] if sums else result.totals, result)])
    return heads, rows


def _head(one: Head) -> str:
    return f"{one.label} ({one.unit})" if one.unit else one.label


def _figures(cells: Sequence[Cell], result: Result) -> list[Any]:
    found: list[Any] = []
    for cell in cells:
        for one in result.measures:
            value = cell.values.get(one.key)
            found.append("" if value is None else round(value, max(one.decimals, 2)))
    return found


def as_csv(result: Result) -> bytes:
    """The report as CSV in UTF-8; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    heads, rows = table(result)
    found = io.StringIO()
    writer = csv.writer(found)
    writer.writerow([disarmed(one) for one in heads])
    writer.writerows([[disarmed(one) for one in row] for row in rows])
    return found.getvalue().encode("utf-8-sig")


def as_xlsx(result: Result, name: str) -> bytes:
    """The report as a workbook of one sheet, with its figures as numbers."""
    import xlsxwriter  # noqa: PLC0415, only who exports needs it

    found = io.BytesIO()
    book = xlsxwriter.Workbook(found, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("".join(one for one in name if one not in "[]:*?/\\'")[:31] or "Report")
    bold, figure = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "#,##0.##"})
    heads, rows = table(result)
    sheet.write_row(0, 0, heads, bold)
    for at, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(at, place, value)
            else:
                sheet.write_number(at, place, value, figure)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return found.getvalue()


def as_pdf(title: str, reports: Sequence[Titled], *, reader: str, at: datetime) -> bytes:
    """Reports with their charts as a PDF for one reader. Raises DrawingFailed. Takes seconds: call it in a task, or for
    a download somebody waits for.
    """
    drawings = [report_words.drawing(one.result) if one.result is not None else None for one in reports]
    wanted = [charts.specs(one) for one in drawings if one is not None]
    svgs = iter(drawn_now(wanted, at=at))
    images: dict[str, str] = {}
    parts = []
    for number, (one, drawing) in enumerate(zip(reports, drawings, strict=True)):
        image = ""
        if drawing is not None and (svg := next(svgs)):
            image = f"chart-{number}.svg"
            images[image] = charts.on_paper(svg)
        parts.append(_part(one, image))
    content = {
        "title": title, "site": settings.SITE_NAME, "parts": parts,
        "made": str(_("Made on %(day)s for %(reader)s"))
        % {"day": formats.date_format(at, "DATE_FORMAT"), "reader": reader},
    }  # fmt: skip
    return chart_process.typeset(paper(), {"data.json": json.dumps(content), **images})


def _part(one: Titled, image: str) -> dict[str, Any]:
    result = one.result
    if result is None:
        return {"name": one.name, "notes": [one.problem], "image": "", "numbers": [], "heads": [], "rows": []}
    numbers = []
    if not result.row_heads and not result.columns:
        numbers = [[head.label, said(result.total.values.get(head.key), head, with_unit=True) or "–"]
                   for head in result.measures]  # fmt: skip
    heads, rows, notes = _on_paper(result)
    return {"name": one.name, "notes": notes, "image": image, "numbers": numbers, "heads": heads if not numbers else [],
            "rows": rows, "texts": max(1, len(result.row_heads))}  # fmt: skip


def _on_paper(result: Result) -> tuple[list[str], list[list[str]], list[str]]:
    """What of a report fits a page: its first measure over the columns, or all measures without columns."""
    notes = list(result.notes)
    shown = result.measures[:1] if result.columns else result.measures
    columns = result.columns[: WIDEST_ON_PAPER - len(result.row_heads)]
    if len(columns) < len(result.columns):
        notes.append(str(_("%(n)d more columns do not fit the page.")) % {"n": len(result.columns) - len(columns)})
    heads = [*result.row_heads, *(one.label for one in columns)]
    sums = result.has_totals or not result.columns
    if sums:
        heads += [str(_("Total"))] if result.columns else [_head(one) for one in shown]
    leaves = [row for row in result.rows if row.level == len(result.row_heads)]
    if len(leaves) > MOST_ON_PAPER:
        notes.append(str(_("%(n)d more rows do not fit the page.")) % {"n": len(leaves) - MOST_ON_PAPER})

    def line(labels: Sequence[str], cells: Sequence[Cell], total: Cell) -> list[str]:
        kept = [*cells[: len(columns)], *([total] if sums else [])]
        figures = [said(cell.values.get(one.key), one) for cell in kept for one in shown]
        return [*labels, *figures]

    rows = [line(row.labels, row.cells, row.total) for row in leaves[:MOST_ON_PAPER]]
    if result.row_heads:
        labels = [str(_("Total")), *[""] * (len(result.row_heads) - 1)]
        rows.append(line(labels, result.totals, result.total))
    return heads, rows, notes
