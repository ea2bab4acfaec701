"""Asking to take down an intimate image, and deciding it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_takedowns import TakedownDecisionForm, TakedownForm
from fairboard.safety.queries import takedowns as queries
from fairboard.safety.services import takedowns as services
from fairboard.ui import listbar


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The public form; nobody needs an account for it."""
    form = TakedownForm(request.POST or None, initial={"location": request.GET.get("at", "")[:500]})
    if request.method == "POST" and form.is_valid():
        try:
            receipt_id = services.request_takedown(
                draft=form.draft((get_language() or "en").split("-")[0]), actor=actor_of(request), at=clock.now()
            )
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        else:
            return redirect("duties:takedown_receipt", receipt=receipt_id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "safety/take_it_down.html", {"form": form}, status=status)


@require_GET
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Where a request stands, for whoever holds its receipt."""
    found = queries.receipt_of(receipt)
    if found is None:
        raise NotFound(_("There is no such request."))
    elements = {key: str(label) for key, label in services.ELEMENTS.items()}
    response = render(request, "safety/takedown_receipt.html", {"takedown": found, "elements": elements})
    response["Cache-Control"] = "private, no-store"
    return response


@permission_required("desk.decide")
@require_GET
def takedown_list(request: HttpRequest) -> HttpResponse:
    """Requests by their deadline."""
    asked = from_query(dict(request.GET.lists()) or {"state": ["received"]}, queries.takedown_schema())
    page = queries.takedowns(
        actor=actor_of(request), at=clock.now(), tree=asked.tree, cursor=request.GET.get("cursor", "")
    )
    bar = listbar.context(request, queries.takedown_schema(), asked, page.next_cursor)
    return render(request, "safety/takedowns.html", {"takedowns": page.items, **bar})


@permission_required("desk.decide")
@require_http_methods(["GET", "POST"])
def takedown(request: HttpRequest, takedown_id: str) -> HttpResponse:
    """One request: take it down, or say what is missing."""
    actor, at = actor_of(request), clock.now()
    form = TakedownDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if request.POST.get("outcome") == "remove":
                services.grant(
                    takedown_id=takedown_id, location=values["location"], photos=request.POST.getlist("photos"),
                    answer=values["answer"], actor=actor, at=at,
                )  # fmt: skip
            else:
                services.decline(
                    takedown_id=takedown_id, missing=values["missing"], answer=values["answer"], actor=actor, at=at
                )
        except NotFound:
            raise
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        else:
            messages.success(request, _("Decided. The requester is told."))
            return redirect("safety:takedowns")
    page = queries.takedown_page(takedown_id=takedown_id, actor=actor, at=at)
    elements = {key: str(label) for key, label in services.ELEMENTS.items()}
    return render(
        request,
        "safety/takedown.html",
        {"takedown": page, "form": form, "elements": elements},
        status=422 if form.is_bound and form.errors else 200,
    )
