"""The desk: queues, one case at a time, decisions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.filters import And, Condition, from_query, validate
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms import DecisionForm
from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.safety.queries import cases as queries
from fairboard.safety.services import deciding
from fairboard.ui import listbar

QUEUE_LABELS = {
    "child": gettext_lazy("Safety of children"),
    "urgent": gettext_lazy("Urgent"),
    "screening": gettext_lazy("Held by the gate"),
    "notices": gettext_lazy("Reported"),
}


@permission_required("desk.view")
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The open cases of a queue."""
    actor = actor_of(request)
    shown = [name for name in queries.QUEUES if name != "child" or actor.can("desk.child")]
    chosen = request.GET.get("queue", "")
    counts = queries.open_counts(actor)
    if chosen not in shown:
        chosen = next((name for name in shown if counts.get(name)), "screening")
    given = {name: values for name, values in request.GET.lists() if name not in {"queue", "state"}}
    more = from_query(given, queries.case_schema())
    tree = validate(And((Condition("queue", "eq", chosen), Condition("state", "eq", "open"))), queries.case_schema())
    tree = And((tree, more.tree)) if more.tree else tree
    page = queries.cases(actor=actor, tree=tree, cursor=request.GET.get("cursor", ""))
    tabs = [
        {
            "label": str(QUEUE_LABELS[name]),
            "href": f"?queue={name}",
            "current": name == chosen,
            "count": counts.get(name, 0),
        }
        for name in shown
    ]
    own = {"queue": chosen, "state": ""}
    bar = listbar.context(request, queries.case_schema(), more, page.next_cursor, tabs=own)
    return render(
        request, "safety/queue.html", {"cases": page.items, "tabs": tabs, "queue": chosen, **bar, "now": clock.now()}
    )


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: look, then allow or refuse; afterwards the next one opens."""
    actor = actor_of(request)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        form.is_valid()
        values = form.cleaned_data
        try:
            deciding.decide(
                case_id=case_id, outcome=request.POST.get("outcome", ""), policy=values.get("policy", ""),
                reason_text=values.get("reason_text", ""), note=values.get("note", ""), actor=actor, at=clock.now(),
            )  # fmt: skip
        except Invalid as problem:
            for error in problem.errors:
                form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("Decided. The people concerned are told."))
            queue_name = request.POST.get("queue", "")
            following = queries.next_case_id(queue=queue_name, actor=actor, after=case_id)
            return redirect("safety:case", case_id=following) if following else redirect("safety:queue")
    context = queries.case_page(case_id=case_id, actor=actor)
    if request.method != "POST" and context["reasons"]:
        first = context["reasons"][0]
        form = DecisionForm(initial={"policy": first.policy, "reason_text": first.message})
    return render(
        request,
        "safety/case.html",
        {
            **context,
            "form": form,
            "notice_labels": {kind.key: str(kind.label) for kind in NOTICE_KINDS},
            "policy_names": {one.code: one.name for one in context["policies"]},
        },
        status=422 if form.is_bound and form.errors else 200,
    )
