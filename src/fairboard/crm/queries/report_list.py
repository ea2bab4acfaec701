"""Which reports and dashboards there are for somebody: the shared ones and their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Dashboard, HomeDashboard, Report, ReportMail
from fairboard.crm.queries.access import SeatInfo, seat_of
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A saved report as its reader has it. A standard one has a ``key`` and belongs to nobody."""

    id: str
    pk: int
    key: str
    name: str
    description: str
    type_key: str
    definition: Mapping[str, Any]
    owner_id: str
    is_shared: bool
    may_edit: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """A dashboard as its reader has it; ``cards`` are report ids with whether each is wide."""

    id: str
    pk: int
    key: str
    name: str
    cards: tuple[tuple[str, bool], ...]
    owner_id: str
    is_shared: bool
    may_edit: bool
    is_home: bool


@dataclass(frozen=True, slots=True)
class MailRow:
    """A report or dashboard that goes out by mail."""

    id: str
    rhythm: str
    recipients: tuple[str, ...]
    forms: tuple[str, ...]
    due_at: datetime
    owner_id: str
    may_edit: bool


def _may_edit(owner_id: str, is_shared: bool, actor: Actor, seat: SeatInfo) -> bool:
    """One's own; a shared one also needs the profile's right to share, and who manages the CRM may change any."""
    if is_shared and not seat.may("reports"):
        return False
    return (owner_id == actor.id and bool(owner_id)) or actor.can("crm.manage")


def _report(row: Report, actor: Actor, seat: SeatInfo) -> ReportRow:
    return ReportRow(
        row.public_id, row.pk, row.key, str(_(row.name)) if row.key else row.name,
        str(_(row.description)) if row.key and row.description else row.description, row.type_key, row.definition,
        row.owner_id, row.is_shared, _may_edit(row.owner_id, row.is_shared, actor, seat), row.updated_at,
    )  # fmt: skip


def _is_readable(seat: SeatInfo, type_key: str) -> bool:
    return type_key in catalogue().types and seat.on(type_key).read != "none"


def reports_of(*, actor: Actor) -> list[ReportRow]:
    """The reports of an actor by name; those of types they see nothing of are left out. Raises Forbidden."""
    seat = seat_of(actor)
    rows = Report.objects.order_by("name", "pk")
    return [
        _report(one, actor, seat) for one in rows
        if (one.is_shared or (one.owner_id == actor.id and actor.id)) and _is_readable(seat, one.type_key)
    ]  # fmt: skip


def report(*, actor: Actor, report_id: str) -> ReportRow:
    """One report; raises NotFound also for somebody else's own and for a type the actor sees nothing of."""
    seat = seat_of(actor)
    row = Report.objects.filter(public_id=report_id).first()
    if row is None or not (row.is_shared or row.owner_id == actor.id) or not _is_readable(seat, row.type_key):
        raise NotFound(_("There is no such report."))
    return _report(row, actor, seat)


def reports_by_id(*, actor: Actor, ids: Sequence[str]) -> dict[str, ReportRow]:
    """Those of the reports the actor may open, by id."""
    seat = seat_of(actor)
    return {
        one.public_id: _report(one, actor, seat) for one in Report.objects.filter(public_id__in=list(ids))
        if (one.is_shared or one.owner_id == actor.id) and _is_readable(seat, one.type_key)
    }  # fmt: skip


def _dashboard(row: Dashboard, actor: Actor, seat: SeatInfo, home: int | None) -> DashboardRow:
    cards = tuple((str(one.get("report", "")), bool(one.get("wide"))) for one in row.cards)
    return DashboardRow(
        row.public_id, row.pk, row.key, str(_(row.name)) if row.key else row.name, cards, row.owner_id, row.is_shared,
        _may_edit(row.owner_id, row.is_shared, actor, seat), row.pk == home,
    )  # fmt: skip


def _home(actor: Actor) -> int | None:
    return HomeDashboard.objects.filter(member_id=actor.id).values_list("dashboard_id", flat=True).first()


def dashboards_of(*, actor: Actor) -> list[DashboardRow]:
    """The dashboards of an actor by name, the one they open first in front; raises Forbidden."""
    seat, home = seat_of(actor), _home(actor)
    rows = Dashboard.objects.order_by("name", "pk")
    found = [
        _dashboard(one, actor, seat, home) for one in rows
        if one.is_shared or (one.owner_id == actor.id and actor.id)
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.is_home)


def dashboard(*, actor: Actor, dashboard_id: str) -> DashboardRow:
    """One dashboard; raises NotFound also for somebody else's own."""
    seat = seat_of(actor)
    row = Dashboard.objects.filter(public_id=dashboard_id).first()
    if row is None or not (row.is_shared or row.owner_id == actor.id):
        raise NotFound(_("There is no such dashboard."))
    return _dashboard(row, actor, seat, _home(actor))


def mails_of(*, actor: Actor, report_pk: int | None = None, dashboard_pk: int | None = None) -> list[MailRow]:
    """By what mails a report or dashboard goes out: one's own, all of them for who manages the CRM."""
    found = ReportMail.objects.filter(Q(report_id=report_pk) if report_pk else Q(dashboard_id=dashboard_pk or 0))
    rows = found.order_by("pk")
    return [
        MailRow(one.public_id, one.rhythm, tuple(one.recipients), tuple(one.forms), one.due_at, one.owner_id, True)
        for one in rows if one.owner_id == actor.id or actor.can("crm.manage")
    ]  # fmt: skip
