"""Charts that are drawn once and kept: asked for by pages, drawn by the worker in a process of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fairboard.crm import chart_process, charts
from fairboard.crm.chart_process import DrawingFailed
from fairboard.crm.models import Chart
from fairboard.kit import tasks

DRAW = tasks.expect("crm.draw_charts")
KEPT = timedelta(days=30)
AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart's drawings; both are empty until it is drawn, ``failed`` says that it cannot be."""

    key: str
    wide: str
    narrow: str
    failed: bool


def ask(wanted: Sequence[Mapping[str, Any]], *, at: datetime) -> dict[str, Drawn]:
    """The charts of these specifications (wide and narrow) by their keys; the worker draws what is missing."""
    by_key = {charts.key_of(one): dict(one) for one in wanted}
    found = {one.key: one for one in Chart.objects.filter(key__in=by_key)}
    missing = [Chart(key=key, spec=spec, asked_at=at) for key, spec in by_key.items() if key not in found]
    if missing:
        Chart.objects.bulk_create(missing, ignore_conflicts=True)
        tasks.enqueue(DRAW)
    old = [one.pk for one in found.values() if one.asked_at < at - timedelta(days=1)]
    if old:
        Chart.objects.filter(pk__in=old).update(asked_at=at)
    return {key: _drawn(found[key]) if key in found else Drawn(key, "", "", False) for key in by_key}


def _drawn(row: Chart) -> Drawn:
    return Drawn(row.key, row.wide, row.narrow, bool(row.error))


def chart(key: str) -> Drawn | None:
    """A chart by its key; None of one nobody asked for."""
    row = Chart.objects.filter(key=key).first()
    return _drawn(row) if row else None


def draw_waiting(*, at: datetime) -> int:
    """Draw what was asked for, many charts in one process; returns how many. A second worker draws the same again."""
    rows = list(Chart.objects.filter(drawn_at=None).order_by("asked_at", "pk")[:AT_ONCE])
    if not rows:
        return 0
    asked = {f"{one.key}.{size}": one.spec[size] for one in rows for size in ("wide", "narrow")}
    error = ""
    try:
        found = chart_process.draw(asked)
    except DrawingFailed as failure:
        found, error = {}, str(failure)[:200]
    for one in rows:
        one.wide, one.narrow = found.get(f"{one.key}.wide", ""), found.get(f"{one.key}.narrow", "")
        one.error = "" if one.wide and one.narrow else (error or "not drawn")
        one.drawn_at = at
    Chart.objects.bulk_update(rows, ["wide", "narrow", "error", "drawn_at"])
    return len(rows)


def drawn_now(wanted: Sequence[Mapping[str, Any]], *, at: datetime) -> list[str]:
    """The wide drawings of these specifications, missing ones drawn here and now: for work in the background."""
    keys = [charts.key_of(one) for one in wanted]
    ask(wanted, at=at)
    while Chart.objects.filter(key__in=keys, drawn_at=None).exists():
        draw_waiting(at=at)
    found = dict(Chart.objects.filter(key__in=keys).values_list("key", "wide"))
    return [found.get(key, "") for key in keys]


def sweep(*, at: datetime) -> int:
    """Forget charts nobody looked at for 30 days, and let those that failed be tried again; returns how many."""
    gone, _each = Chart.objects.filter(asked_at__lt=at - KEPT).delete()
    Chart.objects.exclude(error="").delete()
    return gone
