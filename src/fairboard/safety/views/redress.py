"""What members and reporters see of decisions: the statement of reasons, appeals, receipts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.kit import clock
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import sign_in_required
from fairboard.safety.forms_redress import AppealForm
from fairboard.safety.queries.appeals import own_appeals
from fairboard.safety.queries.decisions import decision_view, own_decisions
from fairboard.safety.queries.notices import receipt_view
from fairboard.safety.services import appeals


@sign_in_required
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    """A decision with its full statement of reasons; its author can appeal against it here."""
    actor = actor_of(request)
    view = decision_view(decision_id=decision_id, actor=actor)
    form = AppealForm(request.POST or None)
    status = 200
    if request.method == "POST":
        form.is_valid()
        try:
            appeals.file_appeal(
                decision_id=decision_id, text=request.POST.get("text", ""), facts=request.POST.get("facts", ""),
                actor=actor, at=clock.now(),
            )  # fmt: skip
        except NotFound:
            raise
        except Problem as problem:
            _show(form, problem)
            status = problem.status
        else:
            messages.success(request, _("We received your appeal. Another person looks at it."))
            return redirect("redress:decision", decision_id=decision_id)
    appeal = next((one for one in own_appeals(actor=actor) if one.decision_id == decision_id), None)
    context = {"decision": view, "form": form, "appeal": appeal, "now": clock.now()}
    return render(request, "safety/decision.html", context, status=status)


@sign_in_required
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """The decisions on what one published, and one's appeals."""
    actor = actor_of(request)
    page = own_decisions(actor=actor, cursor=request.GET.get("cursor", ""))
    next_url = f"?cursor={page.next_cursor}" if page.next_cursor else ""
    return render(
        request, "safety/my_decisions.html",
        {"decisions": page.items, "appeals": own_appeals(actor=actor), "next_url": next_url},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Where a report stands, for whoever holds its receipt; who reported can appeal when it was not followed."""
    view = receipt_view(receipt)
    if view is None:
        raise NotFound(_("There is no such report."))
    form = AppealForm(request.POST or None)
    status = 200
    if request.method == "POST":
        form.is_valid()
        try:
            appeals.file_reporter_appeal(
                receipt=receipt, text=request.POST.get("text", ""), facts=request.POST.get("facts", ""),
                actor=actor_of(request), at=clock.now(),
            )  # fmt: skip
        except Problem as problem:
            _show(form, problem)
            status = problem.status
        else:
            messages.success(request, _("We received your appeal. Another person looks at it."))
            return redirect("redress:receipt", receipt=receipt)
    context = {"receipt": view, "form": form, "now": clock.now()}
    return render(request, "safety/receipt.html", context, status=status)


def _show(form: AppealForm, problem: Problem) -> None:
    """Put what is wrong beside its field, once."""
    if isinstance(problem, Invalid) and problem.field in form.fields:
        if not form.errors.get(problem.field):
            form.add_error(problem.field, problem.detail)
    else:
        form.add_error(None, problem.detail)
