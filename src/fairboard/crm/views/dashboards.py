"""Dashboards: several reports on a page, narrowed together by days and owner."""

import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.periods import SPANS
from fairboard.crm.queries.report_list import DashboardRow, ReportRow
from fairboard.crm.queries.reports import Narrowing
from fairboard.crm.services import reports as services
from fairboard.crm.views import report_tables
from fairboard.crm.views.reports import mails_page
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

PATIENCE = 0.8
"""Seconds a page spends on its cards; those that are left come one by one."""


@permission_required("crm.use")
@require_GET
def dashboard_home(request: HttpRequest) -> HttpResponse:
    """The dashboard whoever asks opens first."""
    found = report_list.dashboards_of(actor=actor_of(request))
    return redirect("crm:dashboard", found[0].id) if found else redirect("crm:reports")


def _narrowing(request: HttpRequest, actor: Actor) -> tuple[Narrowing, dict[str, str]]:
    span, owner = request.GET.get("span", ""), request.GET.get("owner", "")
    span = span if span in SPANS else ""
    owner = actor.id if owner == "me" else owner
    owner = owner if owner in people.colleagues("crm.use") else ""
    return Narrowing({"span": span} if span else {}, owner), {"span": span, "owner": owner}


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def one_dashboard(request: HttpRequest, dashboard_id: str) -> HttpResponse:
    """A dashboard; open it first from now on, or delete it."""
    actor = actor_of(request)
    row = report_list.dashboard(actor=actor, dashboard_id=dashboard_id)
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            services.delete_dashboard(dashboard_id=dashboard_id, actor=actor, at=clock.now())
            messages.success(request, _("The dashboard was deleted. Its reports are still there."))
            return redirect("crm:reports")
        services.set_home(dashboard_id=dashboard_id, actor=actor)
        messages.success(request, _("You see this dashboard first from now on."))
        return redirect("crm:dashboard", dashboard_id)
    narrowing, chosen = _narrowing(request, actor)
    known = report_list.reports_by_id(actor=actor, ids=[one for one, _wide in row.cards])
    cards: list[dict[str, Any]] = []
    began = time.monotonic()
    for number, (report_id, wide) in enumerate(row.cards):
        if report_id not in known:
            continue
        card: dict[str, Any] = {"number": number, "wide": wide, "report": known[report_id]}
        if time.monotonic() - began < PATIENCE:
            card |= _card(known[report_id], actor, narrowing)
        cards.append(card)
    colleagues = people.colleagues("crm.use")
    context = {
        "board": row, "boards": report_list.dashboards_of(actor=actor), "cards": cards,
        "query": request.GET.urlencode(), "is_narrowed": bool(chosen["span"] or chosen["owner"]),
        "spans": [{"key": key, "label": str(label), "chosen": key == chosen["span"]} for key, label in SPANS.items()],
        "owners": [{"key": key, "label": name, "chosen": key == chosen["owner"]} for key, name in colleagues.items()],
    }  # fmt: skip
    return render(request, "crm/dashboard.html", context)


def _card(row: ReportRow, actor: Actor, narrowing: Narrowing) -> dict[str, Any]:
    try:
        result = report_ready.run(
            actor=actor, type_key=row.type_key, definition=row.definition, at=clock.now(), narrowing=narrowing
        )
    except Invalid as problem:
        return {"shown": None, "problem": problem.detail}
    return {"shown": report_tables.drawn(result, at=clock.now()), "problem": ""}


@permission_required("crm.use")
@require_GET
def dashboard_card(request: HttpRequest, dashboard_id: str, number: int) -> HttpResponse:
    """One card of a dashboard, for pages that were sent without it."""
    actor = actor_of(request)
    row = report_list.dashboard(actor=actor, dashboard_id=dashboard_id)
    if number >= len(row.cards):
        raise Http404
    report_id, wide = row.cards[number]
    found = report_list.report(actor=actor, report_id=report_id)
    narrowing, _chosen = _narrowing(request, actor)
    card = {"number": number, "wide": wide, "report": found, **_card(found, actor, narrowing)}
    return render(request, "crm/parts/card_report.html", {"card": card})


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def new_dashboard(request: HttpRequest) -> HttpResponse:
    """A dashboard of one's own."""
    return _edit(request, None)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def edit_dashboard(request: HttpRequest, dashboard_id: str) -> HttpResponse:
    """Which reports a dashboard shows, in which order."""
    return _edit(request, report_list.dashboard(actor=actor_of(request), dashboard_id=dashboard_id))


def _edit(request: HttpRequest, row: DashboardRow | None) -> HttpResponse:
    actor, problem = actor_of(request), ""
    cards = list(row.cards) if row else []
    name, shared = (row.name, row.is_shared) if row else ("", False)
    if request.method == "POST":
        cards = _typed(request.POST)
        name, shared = request.POST.get("name", ""), request.POST.get("shared") == "yes"
        act, _colon, at = request.POST.get("do", "save").partition(":")
        if act == "save":
            try:
                saved = services.save_dashboard(
                    name=name, cards=cards, actor=actor, at=clock.now(), is_shared=shared,
                    dashboard_id=row.id if row and row.may_edit else "",
                )  # fmt: skip
            except Invalid as error:
                problem = error.detail
            else:
                messages.success(request, _("The dashboard %(name)s was saved.") % {"name": saved.name})
                return redirect("crm:dashboard", saved.id)
        else:
            _arrange(cards, act, int(at) if at.isdecimal() and len(at) < 4 else 0, request.POST.get("add", ""))
    found = report_list.reports_of(actor=actor)
    names = {one.id: one.name for one in found}
    context = {
        "board": row, "name": name, "shared": shared, "problem": problem,
        "cards": [{"id": one, "name": names.get(one, _("Not to be seen")), "wide": wide} for one, wide in cards],
        "others": [one for one in found if one.id not in {card for card, _wide in cards}],
        "may_share": seat_of(actor).may("reports"), "is_copy": bool(row and not row.may_edit),
    }  # fmt: skip
    return render(request, "crm/dashboard_edit.html", context)


def _typed(given: Any) -> list[tuple[str, bool]]:
    wide = set(given.getlist("wide"))
    return [(one, one in wide) for one in dict.fromkeys(given.getlist("card")) if one][: services.MOST_CARDS]


def _arrange(cards: list[tuple[str, bool]], act: str, at: int, more: str) -> None:
    """Add, drop or move a card, as a button says."""
    if act == "add" and more:
        cards.append((more, False))
    elif at < len(cards) and act == "drop":
        del cards[at]
    elif at < len(cards) and act in {"up", "down"}:
        to = max(0, at - 1) if act == "up" else min(len(cards) - 1, at + 1)
        cards.insert(to, cards.pop(at))


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def dashboard_mails(request: HttpRequest, dashboard_id: str) -> HttpResponse:
    """By what mails a dashboard goes out."""
    return mails_page(request, report_list.dashboard(actor=actor_of(request), dashboard_id=dashboard_id))
