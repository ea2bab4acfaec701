"""The desk: queues, one case at a time, decisions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import And, Condition, from_query, validate
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.safety.forms import ComfortForm, DecisionForm
from fairboard.safety.kinds import NOTICE_KINDS
from fairboard.safety.queries import cases as queries
from fairboard.safety.queries.evidence import evidence_on_case
from fairboard.safety.queries.networks import network_of
from fairboard.safety.queries.records import case_record
from fairboard.safety.queries.rule_hits import on_submission
from fairboard.safety.queries.standing import STANDING_NAMES
from fairboard.safety.queries.wellness import wellness_of
from fairboard.safety.services import deciding, exposure, queueing, second
from fairboard.safety.views import networks
from fairboard.safety.views.appeals import ACTION_LABELS
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
    """The open cases of a queue, in their order of priority."""
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
        {"label": str(QUEUE_LABELS[name]), "href": f"?queue={name}", "current": name == chosen,
         "count": counts.get(name, 0)}
        for name in shown
    ]  # fmt: skip
    own = {"queue": chosen, "state": ""}
    bar = listbar.context(request, queries.case_schema(), more, page.next_cursor, tabs=own)
    at = clock.now()
    return render(
        request,
        "safety/queue.html",
        {"cases": page.items, "tabs": tabs, "queue": chosen, "wellness": wellness_of(actor=actor, at=at),
         "claim_term": queries.CLAIM, **bar, "now": at},
    )  # fmt: skip


@permission_required("desk.decide")
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take the next case of a queue and open it."""
    return _next(actor_of(request), request, request.POST.get("queue", ""), after=request.POST.get("after", ""))


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: look, then allow or refuse; afterwards the next one opens."""
    actor, at = actor_of(request), clock.now()
    form = DecisionForm(request.POST if "outcome" in request.POST else None)
    if request.method == "POST":
        answer = _decide(request, form, actor, case_id) if form.is_bound else _act(request, actor, case_id)
        if answer is not None:
            return answer
    context = queries.case_page(case_id=case_id, actor=actor, at=at)
    if request.method == "GET":
        exposure.looked(case_id=case_id, actor=actor, at=at)
    kind, subject_id = context["case"].kind, context["case"].subject_id
    if not form.is_bound:
        form = DecisionForm(initial=_suggested(context))
    return render(
        request,
        "safety/case.html",
        {
            **context,
            "form": form,
            "chosen": request.POST.getlist("actions"),
            "days": request.POST.get("days", ""),
            "labels": ACTION_LABELS,
            "record": case_record(case_id=case_id, actor=actor, at=at),
            "found": on_submission(submission_id=context["submission"].public_id, actor=actor),
            **networks.shown(network_of(kind=kind, subject_id=subject_id, actor=actor), most=24),
            "pieces": evidence_on_case(case=context["row"], actor=actor) if actor.can("evidence.view") else None,
            "now": at,
            "wellness": wellness_of(actor=actor, at=at),
            "photos_clear": request.GET.get("photos") in {"grey", "colour"},
            "photos_colour": request.GET.get("photos") == "colour",
            "may_child": actor.can("desk.child"),
            "contact_names": {key: str(label) for key, label in networks.KINDS.items()},
            "standing_names": {key: str(label) for key, label in STANDING_NAMES.items()},
            "notice_labels": {kind.key: str(kind.label) for kind in NOTICE_KINDS},
            "policy_names": {one.code: one.name for one in context["policies"]},
            "queue_name": str(QUEUE_LABELS[context["case"].queue]),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _suggested(context: dict[str, Any]) -> dict[str, str]:
    """What the form is filled with: what a colleague proposed, or the first reason of the gate."""
    if context["proposal"]:
        return {"policy": context["proposal"].policy, "reason_text": context["proposal"].reason_text}
    if context["reasons"]:
        first = context["reasons"][0]
        return {"policy": first.policy, "reason_text": first.message}
    return {}


def _decide(request: HttpRequest, form: DecisionForm, actor: Actor, case_id: str) -> HttpResponse | None:
    """Make or propose a decision and go on to the next case; None with the errors in the form."""
    form.is_valid()
    values = form.cleaned_data
    try:
        made = second.decide(
            case_id=case_id, outcome=request.POST.get("outcome", ""), policy=values.get("policy", ""),
            reason_text=values.get("reason_text", ""), note=values.get("note", ""),
            actions=request.POST.getlist("actions"), days=values.get("days") or 0, actor=actor, at=clock.now(),
        )  # fmt: skip
    except Invalid as problem:
        for error in problem.errors:
            form.add_error(error["field"] if error["field"] in form.fields else None, error["message"])
        return None
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None
    if made.waits_for_second:
        messages.success(request, _("Proposed. A colleague confirms it."))
    else:
        messages.success(request, _("Decided. The people concerned are told."))
    return _next(actor, request, request.POST.get("queue", ""), after=case_id)


def _act(request: HttpRequest, actor: Actor, case_id: str) -> HttpResponse | None:
    """Claim, give back, move, or ask for the photos; problems are said on the page one came from."""
    at, act = clock.now(), request.POST.get("act", "")
    try:
        if act == "claim":
            deciding.claim(case_id=case_id, actor=actor, at=at)
        elif act == "release":
            queueing.release(case_id=case_id, actor=actor, at=at)
        elif act == "escalate":
            queueing.escalate(case_id=case_id, actor=actor, at=at)
            messages.success(request, _("Moved. Colleagues trusted with the safety of children go on with it."))
            return redirect("safety:queue")
        elif act == "back":
            queueing.move_back(case_id=case_id, actor=actor, at=at)
        elif act in {"grey", "colour"}:
            exposure.photos_shown(case_id=case_id, actor=actor, at=at)
            return redirect(f"{request.path}?photos={act}#photos")
    except Invalid as problem:
        messages.error(request, problem.detail)
    except Problem as problem:
        if problem.status in {403, 404}:
            raise
        messages.error(request, problem.detail)
    return redirect(request.path)


def _next(actor: Actor, request: HttpRequest, queue_name: str, after: str = "") -> HttpResponse:
    """Open the next case of a queue, or the queue itself when none is left or a rest is due."""
    try:
        following = queueing.take_next(queue=queue_name, actor=actor, at=clock.now(), after=after)
    except queueing.Rest as problem:
        messages.warning(request, problem.detail)
        return redirect("safety:wellness")
    return redirect("safety:case", case_id=following) if following else redirect("safety:queue")


@permission_required("desk.view")
@require_http_methods(["GET", "POST"])
def wellness(request: HttpRequest) -> HttpResponse:
    """What one has looked at today, and how one wants to be shown more."""
    actor, at = actor_of(request), clock.now()
    found = wellness_of(actor=actor, at=at)
    form = ComfortForm(
        request.POST or None,
        initial={"grey": found.grey, "blurred": found.blurred, "hard_queues": found.hard_queues, "cap": found.cap},
    )
    if request.method == "POST" and form.is_valid():
        try:
            exposure.set_comfort(actor=actor, at=at, **form.cleaned_data)
        except Invalid as problem:
            form.add_error("cap", problem.detail)
        else:
            messages.success(request, _("Kept."))
            return redirect("safety:wellness")
    return render(
        request, "safety/wellness.html", {"form": form, "wellness": found}, status=422 if form.errors else 200
    )
