"""Automations in the console: the list, one with its runs, the editor, the dry run."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm import automation_mail, scopes
from fairboard.crm import automation_plans as plans
from fairboard.crm import forms_automations as forms
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Team
from fairboard.crm.queries import automations as asked
from fairboard.crm.queries import webhooks as hooks
from fairboard.crm.services import automations as acts
from fairboard.crm.services import rehearsing, running
from fairboard.crm.services.timeline import FOLLOWED
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

LABELS = {
    "queued": "", "running": "", "waiting": "warn", "done": "good", "failed": "bad", "stopped": "warn",
    "refused": "bad",
}  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def automation_list(request: HttpRequest) -> HttpResponse:
    """Every automation, and making one."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        try:
            made = acts.create(name=request.POST.get("name", ""), actor=actor, at=clock.now())
            return redirect("crm:automation_edit", automation_id=made)
        except Invalid as found:
            problem = found
    context = {
        "rows": asked.automations(actor=actor), "triggers": plans.TRIGGERS, "types": catalogue().types,
        "problem": problem, "typed": request.POST,
    }  # fmt: skip
    return render(request, "crm/automations.html", context, status=problem.status if problem else 200)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def automation_page(request: HttpRequest, automation_id: str) -> HttpResponse:
    """One automation: what it does, its versions and runs."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        try:
            act = request.POST.get("act", "")
            if act == "remove":
                acts.remove(automation_id=automation_id, actor=actor, at=clock.now())
                return redirect("crm:automations")
            if act not in {"live", "off"}:
                raise Invalid
            if act == "live":
                acts.publish(automation_id=automation_id, actor=actor, at=clock.now())
            else:
                acts.switch_off(automation_id=automation_id, actor=actor, at=clock.now())
            return redirect("crm:automation", automation_id=automation_id)
        except Problem as found:
            if found.status in {403, 404}:
                raise
            problem = found
    row, versions = asked.automation(actor=actor, automation_id=automation_id)
    state = request.GET.get("state", "")
    state = state if state in LABELS else ""
    page = asked.runs(actor=actor, automation_id=automation_id, state=state, cursor=request.GET.get("cursor", ""))
    here = reverse("crm:automation", args=[automation_id])
    words = _states()
    context = {
        "row": row, "versions": versions, "page": page, "tones": LABELS, "words": words, "problem": problem,
        "triggers": plans.TRIGGERS, "acts": plans.ACTS, "types": catalogue().types,
        "tabs": [
            {"label": label, "href": f"{here}?state={key}" if key else here, "current": key == state}
            for key, label in {"": _("All"), **words}.items()
        ],
        "next_url": f"{here}?state={state}&cursor={page.next_cursor}" if page.next_cursor else "",
    }  # fmt: skip
    return render(request, "crm/automation.html", context, status=problem.status if problem else 200)


def _states() -> dict[str, str]:
    return {
        "queued": _("Queued"), "running": _("Running"), "waiting": _("Waiting"), "done": _("Done"),
        "failed": _("Failed"), "stopped": _("Stopped"), "refused": _("Refused"),
    }  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def automation_edit(request: HttpRequest, automation_id: str) -> HttpResponse:
    """The editor: one form, saved by every button."""
    actor, problem = actor_of(request), None
    row, versions = asked.automation(actor=actor, automation_id=automation_id)
    if request.method == "POST":
        try:
            op = request.POST.get("op", "save")
            steps = forms.steps_of(request.POST, versions[0].steps)
            where = op.partition(":")[2] or "root"
            steps = forms.changed(steps, op, request.POST.get(f"act.{where}", ""))
            acts.save(
                automation_id=automation_id, actor=actor, at=clock.now(), name=request.POST.get("name"),
                description=request.POST.get("description"), trigger=forms.trigger_of(request.POST),
                condition=request.POST.get("condition", ""), steps=steps,
            )  # fmt: skip
            if op == "live":
                acts.publish(automation_id=automation_id, actor=actor, at=clock.now())
                return redirect("crm:automation", automation_id=automation_id)
            return redirect("crm:automation_edit", automation_id=automation_id)
        except Invalid as found:
            problem = found
            row, versions = asked.automation(actor=actor, automation_id=automation_id)
    draft = versions[0]
    shown: dict[str, Any] = {"trigger": draft.trigger, "condition": draft.condition, "steps": draft.steps}
    if problem:  # the typed text stays
        shown = {
            "trigger": forms.trigger_of(request.POST), "condition": request.POST.get("condition", ""),
            "steps": forms.steps_of(request.POST, draft.steps),
        }  # fmt: skip
    info = catalogue().types.get(str(shown["trigger"].get("type", "")))
    context = {
        "row": row, "draft": draft, "shown": shown, "rows": forms.flat(shown["steps"]), "problem": problem,
        "triggers": plans.TRIGGERS, "acts": plans.ACTS, "every": plans.EVERY, "units": list(plans.UNITS),
        "types": catalogue().types, "info": info, "errors": problem.errors if problem else draft.errors,
        "events": [kind for kind in FOLLOWED if not kind.startswith("crm.record.")],
        "teams": [{"id": one.public_id, "name": one.name} for one in Team.objects.order_by("name", "pk")],
        "hooks": hooks.webhooks(actor=actor) if actor.can("crm.manage") else [],
        "office": automation_mail.office(), "bases": plans.BASES,
        "variables": scopes.environment(info).reference() if info else [],
    }  # fmt: skip
    return render(request, "crm/automation_edit.html", context, status=problem.status if problem else 200)


@permission_required("crm.use")
def automation_rehearsal(request: HttpRequest, automation_id: str) -> HttpResponse:
    """What the newest version would have done."""
    actor = actor_of(request)
    row, _versions = asked.automation(actor=actor, automation_id=automation_id)
    try:
        found, problem = rehearsing.dry_run(automation_id=automation_id, actor=actor, at=clock.now(), last=100), None
    except Problem as raised:
        found, problem = [], raised
    counts = {key: sum(1 for one in found if one.verdict == key) for key in ("run", "no", "refused", "error")}
    words = {"run": _("Would run"), "no": _("Not meant"), "refused": _("On hold"), "error": _("Error")}
    return render(
        request, "crm/automation_rehearsal.html",
        {"row": row, "found": found, "counts": counts, "words": words, "problem": problem,
         "type_key": _versions[0].trigger.get("type", "")},
    )  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def automation_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """One run: its input, its steps, what went wrong, trying again."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        try:
            running.retry(run_id=run_id, actor=actor, at=clock.now())
            return redirect("crm:automation_run", run_id=run_id)
        except Problem as found:
            if found.status in {403, 404}:
                raise
            problem = found
    run, automation_id = asked.run(actor=actor, run_id=run_id)
    row, _versions = asked.automation(actor=actor, automation_id=automation_id)
    context = {
        "run": run, "row": row, "acts": plans.ACTS, "words": _states(), "tones": LABELS, "problem": problem,
        "errors": {
            "loop": _("It set itself off again and again."), "too-often": _("It ran too often for this record."),
            "off": _("The automation was switched off."), "gone": _("The record was deleted."),
        },
    }  # fmt: skip
    return render(request, "crm/automation_run.html", context, status=problem.status if problem else 200)
