"""The desk's pages of appeals and of single decisions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import And, Condition, from_query, validate
from fairboard.kit import clock
from fairboard.kit.problems import NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms_redress import AppealDecisionForm, UndoForm
from fairboard.safety.queries import appeals as queries
from fairboard.safety.queries.decisions import decision_view
from fairboard.safety.services import appeals as services
from fairboard.safety.services import undoing
from fairboard.ui import listbar

ACTION_LABELS = {
    "remove": gettext_lazy("Not shown"),
    "restrict": gettext_lazy("Shown by its address only"),
    "demonetise": gettext_lazy("No paid promotion"),
    "watch": gettext_lazy("Account watched"),
    "hold_account": gettext_lazy("Account on hold"),
    "suspend": gettext_lazy("Account suspended"),
    "close": gettext_lazy("Account closed"),
}


@permission_required("desk.view")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The appeals that wait, the one due first at the top."""
    actor = actor_of(request)
    schema = queries.appeal_schema()
    state = "decided" if request.GET.get("state") == "decided" else "open"
    given = {name: values for name, values in request.GET.lists() if name != "state"}
    asked = from_query(given, schema)
    tree = validate(Condition("state", "eq", state), schema)
    tree = And((tree, asked.tree)) if asked.tree else tree
    page = queries.appeals(actor=actor, tree=tree, cursor=request.GET.get("cursor", ""))
    tabs = [
        {"label": _("Waiting"), "href": "?", "current": state == "open", "count": queries.open_appeals(actor)},
        {"label": _("Decided"), "href": "?state=decided", "current": state == "decided"},
    ]
    bar = listbar.context(request, schema, asked, page.next_cursor, tabs={"state": state})
    context = {"appeals": page.items, "tabs": tabs, "state": state, "now": clock.now(), **bar}
    return render(request, "safety/appeals.html", context)


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, appeal_id: str) -> HttpResponse:
    """One appeal: what was decided and why, what the appellant says, and the answer."""
    actor = actor_of(request)
    page = queries.appeal_page(appeal_id=appeal_id, actor=actor)
    choices = [(key, str(label)) for key, label in ACTION_LABELS.items()]
    initial = {"policy": page.decision.policy, "reason_text": page.decision.reason_text}
    form = AppealDecisionForm(choices, request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        form.is_valid()
        values = form.cleaned_data
        answer = services.Answer(
            request.POST.get("outcome", ""), values.get("answer", ""), values.get("policy", ""),
            values.get("reason_text", ""), values.get("actions", ()), values.get("days") or 0,
        )  # fmt: skip
        try:
            services.decide_appeal(appeal_id=appeal_id, answer=answer, actor=actor, at=clock.now())
        except NotFound:
            raise
        except Problem as problem:
            for error in problem.errors or [{"field": "", "message": problem.detail}]:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
            status = problem.status
        else:
            messages.success(request, _("Decided. The people concerned are told."))
            return redirect("safety:appeals")
    context = {"page": page, "appeal": page.row, "form": form, "labels": _labels(), "now": clock.now()}
    return render(request, "safety/appeal.html", context, status=status)


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, decision_id: str) -> HttpResponse:
    """One decision for the desk, with its statement as it is exported; it can be undone here."""
    actor = actor_of(request)
    view = decision_view(decision_id=decision_id, actor=actor)
    form = UndoForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            made = undoing.undo(
                decision_id=decision_id, reason=request.POST.get("reason", ""), actor=actor, at=clock.now()
            )
        except NotFound:
            raise
        except Problem as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("Undone. The people concerned are told."))
            return redirect("safety:decision", decision_id=made.id)
    context = {"decision": view, "form": form, "labels": _labels()}
    return render(request, "safety/desk_decision.html", context, status=status)


def _labels() -> dict[str, str]:
    return {key: str(label) for key, label in ACTION_LABELS.items()}
