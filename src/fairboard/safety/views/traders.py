"""Saying who one is as a seller, and verifying it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required, sign_in_required
from fairboard.safety.forms_traders import TraderForm
from fairboard.safety.queries import traders as queries
from fairboard.safety.services import traders as services
from fairboard.ui import listbar


@sign_in_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """One's own page: sell as a business or not, give one's details, confirm them every year."""
    actor, at = actor_of(request), clock.now()
    page = queries.own_record(actor=actor, at=at)
    act = request.POST.get("act", "")
    form = TraderForm(request.POST if act == "give" else None, initial=page.details if page else {})
    if request.method == "POST":
        try:
            if act == "give" and form.is_valid():
                services.give(draft=form.draft(), actor=actor, at=at)
            elif act == "certify":
                services.certify(actor=actor, at=at)
            elif act in {"business", "private"}:
                services.declare(is_trader=act == "business", actor=actor, at=at)
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("duties:trader")
    return render(
        request,
        "safety/trader_own.html",
        {"trader": page, "form": form},
        status=422 if form.is_bound and form.errors else 200,
    )


@permission_required("desk.lead")
@require_GET
def trader_list(request: HttpRequest) -> HttpResponse:
    """Traders by their clock."""
    asked = from_query(dict(request.GET.lists()), queries.trader_schema())
    page = queries.traders(
        actor=actor_of(request), at=clock.now(), tree=asked.tree, cursor=request.GET.get("cursor", "")
    )
    bar = listbar.context(request, queries.trader_schema(), asked, page.next_cursor)
    return render(request, "safety/traders.html", {"traders": page.items, **bar})


@permission_required("desk.lead")
@require_http_methods(["GET", "POST"])
def trader(request: HttpRequest, member_id: str) -> HttpResponse:
    """One trader: verify the details, or say what is wrong with them."""
    actor, at = actor_of(request), clock.now()
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if request.POST.get("outcome") == "verify":
                services.verify(member_id=member_id, id_outcome=request.POST.get("id_outcome", ""), actor=actor, at=at)
            else:
                services.refuse(member_id=member_id, reason=request.POST.get("reason", ""), actor=actor, at=at)
        except NotFound:
            raise
        except Problem as found:
            problem = found
        else:
            messages.success(request, _("Saved. The seller is told."))
            return redirect("safety:traders")
    page = queries.trader_page(member_id=member_id, actor=actor, at=at)
    return render(
        request,
        "safety/trader.html",
        {"trader": page, "problem": problem, "reason": request.POST.get("reason", "")},
        status=problem.status if problem else 200,
    )
