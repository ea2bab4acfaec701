"""Webhooks in the console: which there are, what became of each delivery, sending again."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import webhooks as asked
from fairboard.crm.services import webhooks as acts
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

STATES = ("waiting", "done", "failed")


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Every webhook, and making one."""
    actor, problem, made = actor_of(request), None, None
    if request.method == "POST":
        try:
            webhook_id, secret = acts.create(**_given(request), actor=actor, at=clock.now())
            made = {"id": webhook_id, "secret": secret}
        except Problem as found:
            problem = found
    context = {
        "rows": asked.webhooks(actor=actor), "kinds": asked.allowed_kinds(actor), "types": catalogue().types.values(),
        "made": made, "problem": problem, "typed": _typed(request) if problem else {"kinds": [], "types": []},
    }  # fmt: skip
    return render(request, "crm/webhooks.html", context, status=problem.status if problem else 200)


def _given(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    return {
        "url": given.get("url", ""), "label": given.get("label", ""), "with_values": "with_values" in given,
        "types": given.getlist("types"), "kinds": [*given.getlist("kinds"), *given.get("more", "").split()],
    }  # fmt: skip


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {**_given(request), "more": request.POST.get("more", "")}


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def webhook_page(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """One webhook: its settings, its log, sending again."""
    actor, problem, secret, said = actor_of(request), None, "", ""
    if request.method == "POST":
        try:
            answer = _act(request, webhook_id)
            if isinstance(answer, HttpResponse):
                return answer
            secret, said = answer
        except Problem as found:
            problem = found
    row = asked.webhook(actor=actor, webhook_id=webhook_id)
    state = request.GET.get("state", "")
    page = asked.deliveries(
        actor=actor, webhook_id=webhook_id, state=state if state in STATES else "", cursor=request.GET.get("cursor", "")
    )
    here = reverse("crm:webhook", args=[webhook_id])
    kept = f"state={state}&" if state in STATES else ""
    labels = {"": _("All"), "waiting": _("Waiting"), "done": _("Arrived"), "failed": _("Given up")}
    context = {
        "hook": row, "kinds": asked.allowed_kinds(actor), "types": catalogue().types.values(), "page": page,
        "problem": problem, "secret": secret, "said": said, "typed": row if not problem else _typed(request),
        "more": " ".join(one for one in row.kinds if one.endswith("*")),
        "tabs": [
            {"label": label, "href": f"{here}?state={key}" if key else here, "current": key == state}
            for key, label in labels.items()
        ],
        "next_url": f"{here}?{kept}cursor={page.next_cursor}" if page.next_cursor else "",
    }  # fmt: skip
    return render(request, "crm/webhook.html", context, status=problem.status if problem else 200)


def _act(request: HttpRequest, webhook_id: str) -> HttpResponse | tuple[str, str]:
    """What a button asks for; a new secret and a message for the page, or where to go."""
    actor, at, given = actor_of(request), clock.now(), request.POST
    act = given.get("act", "")
    if act == "remove":
        acts.remove(webhook_id=webhook_id, actor=actor, at=at)
        return redirect("crm:webhooks")
    if act == "secret":
        return acts.rotate(webhook_id=webhook_id, actor=actor, at=at), ""
    if act == "ping":
        acts.ping(webhook_id=webhook_id, actor=actor, at=at)
        return "", _("A message is on its way.")
    if act == "range":
        start, end = _moment(given.get("start", ""), "start"), _moment(given.get("end", ""), "end")
        count = acts.replay_range(webhook_id=webhook_id, start=start, end=end, actor=actor, at=at)
        return "", _("%(n)d events are sent again.") % {"n": count}
    if act == "again":
        acts.replay(delivery_id=given.get("delivery", ""), actor=actor, at=at)
    elif act in {"pause", "resume"}:
        acts.change(webhook_id=webhook_id, is_paused=act == "pause", actor=actor, at=at)
    elif act == "save":
        acts.change(webhook_id=webhook_id, actor=actor, at=at, **_given(request))
    else:
        raise Invalid
    return redirect("crm:webhook", webhook_id=webhook_id)


def _moment(text: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("Choose a day and a time."), field=name) from error
    return found if found.tzinfo else found.replace(tzinfo=clock.now().tzinfo)
