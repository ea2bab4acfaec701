"""The desk's pages of reporters and of trusted flaggers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_redress import FlaggerForm
from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.safety.queries import reporters as queries
from fairboard.safety.services import flaggers as flagger_services
from fairboard.safety.services import reporters as services
from fairboard.ui import listbar


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def reporters(request: HttpRequest) -> HttpResponse:
    """The records of reporters; one can be warned, set aside for a time, and heard again."""
    actor, at = actor_of(request), clock.now()
    problem = None
    if request.method == "POST":
        try:
            _act(request)
        except Problem as found:
            problem = found
        else:
            messages.success(request, _("Done. The reporter is told."))
            return redirect("safety:reporters")
    schema = queries.reporter_schema()
    asked = from_query(dict(request.GET.lists()), schema)
    page = queries.reporter_list(actor=actor, tree=asked.tree, at=at, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, schema, asked, page.next_cursor)
    context = {"reporters": page.items, "problem": problem, "typed": request.POST, **bar}
    return render(request, "safety/reporters.html", context, status=problem.status if problem else 200)


def _act(request: HttpRequest) -> None:
    actor, at = actor_of(request), clock.now()
    reporter_id, act = request.POST.get("reporter", ""), request.POST.get("act", "")
    if act == "warn":
        services.warn(reporter_id=reporter_id, actor=actor, at=at)
    elif act == "hear":
        services.hear(reporter_id=reporter_id, actor=actor, at=at)
    else:
        days = request.POST.get("days", "")
        services.mute(
            reporter_id=reporter_id, days=int(days) if days.isdecimal() and len(days) < 5 else 0,
            reason=request.POST.get("reason", ""), actor=actor, at=at,
        )  # fmt: skip


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def flaggers(request: HttpRequest) -> HttpResponse:
    """Trusted flaggers with their notices; the lead enters a new one."""
    actor = actor_of(request)
    form = FlaggerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = _save(request, form, "")
        if status == 302:
            return redirect("safety:flaggers")
    context = {"flaggers": queries.flagger_list(actor=actor), "form": form, "can_edit": actor.can("desk.lead")}
    return render(request, "safety/flaggers.html", {**context, "kinds": _kinds()}, status=status)


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def flagger(request: HttpRequest, flagger_id: str) -> HttpResponse:
    """One trusted flagger: its entry, and the figures of its yearly report."""
    actor = actor_of(request)
    row = queries.flagger_row(flagger_id=flagger_id, actor=actor)
    initial = {
        "name": row.name, "contact": row.contact, "awarded_by": row.awarded_by, "award": row.award,
        "state": row.state, "areas": list(row.areas), "members": " ".join(row.members),
    }  # fmt: skip
    form = FlaggerForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = _save(request, form, flagger_id)
        if status == 302:
            return redirect("safety:flagger", flagger_id=flagger_id)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else clock.now().year
    figures = queries.flagger_figures(flagger_id=flagger_id, year=year, actor=actor)
    context = {"flagger": row, "form": form, "figures": figures, "can_edit": actor.can("desk.lead"), "kinds": _kinds()}
    return render(request, "safety/flagger.html", context, status=status)


def _save(request: HttpRequest, form: FlaggerForm, flagger_id: str) -> int:
    """Keep the form; answers the status of the page, 302 when it was kept."""
    form.is_valid()
    values = {name: request.POST.get(name, "") for name in ("name", "contact", "awarded_by", "award", "state")}
    entry = flagger_services.Entry(
        **values, areas=request.POST.getlist("areas"), members=request.POST.get("members", "").split()
    )
    try:
        if flagger_id:
            flagger_services.change_flagger(flagger_id=flagger_id, entry=entry, actor=actor_of(request), at=clock.now())
        else:
            flagger_services.add_flagger(entry=entry, actor=actor_of(request), at=clock.now())
    except Problem as problem:
        for error in problem.errors or [{"field": "", "message": problem.detail}]:
            name = error["field"] if error["field"] in form.fields else None
            if name is None or not form.errors.get(name):
                form.add_error(name, error["message"])
        return problem.status
    messages.success(request, _("Saved."))
    return 302


def _kinds() -> dict[str, str]:
    return {kind.key: str(kind.label) for kind in NOTICE_KINDS}
