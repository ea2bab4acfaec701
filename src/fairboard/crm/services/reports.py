"""Saving reports and dashboards, and adding the ready-made ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.data import ready_made
from fairboard.crm.models import Dashboard, HomeDashboard, Report
from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import check_permission, readable
from fairboard.crm.queries.report_list import DashboardRow, ReportRow
from fairboard.crm.services.views import is_big
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from fairboard.ledger.services import Subject, record

KEPT = ("kind", "filter", "rows", "column", "measures", "sort", "limit", "period", "chart", "pipeline", "by", "months")
MOST_CARDS = 20
INDEXES = tasks.expect("crm.report_indexes")


def save_report(
    *, type_key: str, name: str, definition: Mapping[str, Any], actor: Actor, at: datetime, report_id: str = "",
    description: str = "", is_shared: bool = False,
) -> ReportRow:  # fmt: skip
    """Save a report, or change the one of ``report_id``; it is run once, so that what is kept can be run.

    Raises NotFound, Forbidden, Invalid naming the part.
    """
    readable(actor, type_key)
    row = _own_report(report_id, actor) if report_id else Report(owner_id=actor.id, created_at=at)
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(_("Give the report a name."), field="name")
    if is_shared and not row.is_shared:
        check_permission(actor, "reports")
    kept = {key: definition[key] for key in KEPT if definition.get(key)}
    report_ready.run(actor=actor, type_key=type_key, definition=kept, at=at)
    row.name, row.description, row.type_key = name, description.strip()[:300], type_key
    row.definition, row.is_shared, row.updated_at = kept, is_shared, at
    with transaction.atomic():
        row.save()
        record(
            kind=events.REPORT_SAVED, subject=Subject("crm.report", row.public_id), actor=actor, at=at,
            data={"type": type_key, "shared": is_shared},
        )  # fmt: skip
        if is_big(catalogue().type(type_key)):
            tasks.enqueue(INDEXES)
    return report_list.report(actor=actor, report_id=row.public_id)


def _own_report(report_id: str, actor: Actor) -> Report:
    if not report_list.report(actor=actor, report_id=report_id).may_edit:
        raise Forbidden(_("This report belongs to somebody else. Save it as your own."))
    return Report.objects.get(public_id=report_id)


def delete_report(*, report_id: str, actor: Actor, at: datetime) -> None:
    """Delete a report; dashboards that show it show one card less. Raises NotFound, Forbidden."""
    row = _own_report(report_id, actor)
    with transaction.atomic():
        record(kind=events.REPORT_DELETED, subject=Subject("crm.report", report_id), actor=actor, at=at, data={})
        row.delete()


def save_dashboard(
    *, name: str, cards: Sequence[tuple[str, bool]], actor: Actor, at: datetime, dashboard_id: str = "",
    is_shared: bool = False,
) -> DashboardRow:  # fmt: skip
    """Save a dashboard of reports (id, whether wide) in their order. Raises NotFound, Forbidden, Invalid."""
    seat = seat_of(actor)
    row = _own_dashboard(dashboard_id, actor) if dashboard_id else Dashboard(owner_id=actor.id, created_at=at)
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(_("Give the dashboard a name."), field="name")
    if is_shared and not row.is_shared and not seat.may("reports"):
        check_permission(actor, "reports")
    if len(cards) > MOST_CARDS:
        raise Invalid(_("A dashboard has up to %(n)d reports.") % {"n": MOST_CARDS}, field="cards")
    known = report_list.reports_by_id(actor=actor, ids=[one for one, _wide in cards])
    kept_before = {str(one.get("report")) for one in row.cards}
    strange = [one for one, _wide in cards if one not in known and one not in kept_before]
    if strange:
        raise Invalid(_("There is no such report."), field="cards")
    row.name, row.is_shared, row.updated_at = name, is_shared, at
    row.cards = [{"report": one, "wide": wide} for one, wide in cards]
    with transaction.atomic():
        row.save()
        record(
            kind=events.DASHBOARD_SAVED, subject=Subject("crm.dashboard", row.public_id), actor=actor, at=at,
            data={"cards": len(cards), "shared": is_shared},
        )  # fmt: skip
    return report_list.dashboard(actor=actor, dashboard_id=row.public_id)


def _own_dashboard(dashboard_id: str, actor: Actor) -> Dashboard:
    if not report_list.dashboard(actor=actor, dashboard_id=dashboard_id).may_edit:
        raise Forbidden(_("This dashboard belongs to somebody else. Make your own."))
    return Dashboard.objects.get(public_id=dashboard_id)


def delete_dashboard(*, dashboard_id: str, actor: Actor, at: datetime) -> None:
    """Delete a dashboard, not its reports. Raises NotFound, Forbidden."""
    row = _own_dashboard(dashboard_id, actor)
    with transaction.atomic():
        record(
            kind=events.DASHBOARD_DELETED, subject=Subject("crm.dashboard", dashboard_id), actor=actor, at=at, data={}
        )
        row.delete()


def set_home(*, dashboard_id: str, actor: Actor) -> None:
    """Open this dashboard first from now on; raises NotFound. Not on the ledger: it changes nothing for others."""
    found = report_list.dashboard(actor=actor, dashboard_id=dashboard_id)
    HomeDashboard.objects.update_or_create(member_id=actor.id, defaults={"dashboard_id": found.pk})


def note_export(*, report_id: str, form: str, actor: Actor, at: datetime) -> None:
    """Put on the ledger that figures left as a file; raises Forbidden without the right to export."""
    check_permission(actor, "export")
    with transaction.atomic():
        record(
            kind=events.REPORT_EXPORTED, subject=Subject("crm.report", report_id), actor=actor, at=at,
            data={"form": form},
        )  # fmt: skip


def install(*, at: datetime) -> int:
    """Add the ready-made reports and dashboards that are missing, where their types are there; returns how many."""
    added, given = 0, ready_made()
    with transaction.atomic():
        ids = dict(Report.objects.exclude(key="").values_list("key", "public_id"))
        for key, one in given["reports"].items():
            if key in ids or one["type"] not in catalogue().types:
                continue
            row = Report.objects.create(
                key=key, name=one["name"], description=one["description"], type_key=one["type"],
                definition=one["definition"], is_shared=True, created_at=at, updated_at=at,
            )  # fmt: skip
            ids[key] = row.public_id
            added += 1
        known = set(Dashboard.objects.exclude(key="").values_list("key", flat=True))
        for key, one in given["dashboards"].items():
            if key not in known:
                cards = [(card.rstrip("+"), card.endswith("+")) for card in one["cards"]]
                Dashboard.objects.create(
                    key=key, name=one["name"], is_shared=True, created_at=at, updated_at=at,
                    cards=[{"report": ids[card], "wide": wide} for card, wide in cards if card in ids],
                )  # fmt: skip
                added += 1
    return added
