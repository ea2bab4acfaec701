"""The public transparency report, as a page and as CSV."""

import csv
import io
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.people.actors import actor_of
from fairboard.safety.queries.transparency import Report, asked_for


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The report of a period; of the last six whole months when none is asked for."""
    today = clock.now().date()
    start, end = request.GET.get("from", ""), request.GET.get("until", "")
    found, error = None, ""
    try:
        found = _found(request, today)
    except Invalid as problem:
        error = problem.detail
    shown = {"start": start or (found.start.isoformat() if found else ""), "end": end or _text(found)}
    return render(
        request,
        "safety/transparency.html",
        {"report": found, "error": error, **shown, "query": request.GET.urlencode()},
        status=422 if error else 200,
    )


@require_GET
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same figures, one line each: table, row, measure, value."""
    found = _found(request, clock.now().date())
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["from", "until", "table", "row", "measure", "value"])
    for table in found.tables:
        for row in table.rows:
            labels, values = row[: len(table.labels)], row[len(table.labels) :]
            for measure, value in zip(table.measures, values, strict=True):
                lines.writerow([found.start, found.end, table.key, " / ".join(labels), measure, value])
    name = f"transparency-{found.start}-{found.end}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _found(request: HttpRequest, today: date) -> Report:
    start, end = _day(request.GET.get("from", "")), _day(request.GET.get("until", ""))
    return asked_for(start=start, end=end, actor=actor_of(request), today=today)


def _text(found: Report | None) -> str:
    return found.end.isoformat() if found else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(_("This is not a date."), field="from") from error
