"""Mailings: the list, one with its live figures, its form, its check, its recipients, and what one does with it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.marketing.forms import MailingForm, WhenForm, add_problem, initial_of
from fairboard.marketing.queries import checks
from fairboard.marketing.queries import mailings as queries
from fairboard.marketing.queries.rights import may_send
from fairboard.marketing.services import claiming
from fairboard.marketing.services import mailings as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.ui import listbar

TONES = {
    "approved": "good", "sending": "good", "filling": "good", "done": "good", "scheduled": "good", "in_review": "warn",
    "paused": "warn", "refused": "bad", "sent": "good", "unknown": "warn",
}  # fmt: skip


def names() -> dict[str, str]:
    """What the states of mailings, of deliveries and the reasons to leave somebody out are called."""
    return {
        "draft": _("Draft"), "in_review": _("Being looked at"), "approved": _("Approved"), "refused": _("Refused"),
        "scheduled": _("Scheduled"), "filling": _("Collecting recipients"), "sending": _("Going out"),
        "paused": _("Stopped for now"), "done": _("Done"), "cancelled": _("Cancelled"), "queued": _("In the queue"),
        "waiting": _("Waits for the better subject"), "handing": _("Being handed over"), "sent": _("Sent"),
        "unknown": _("Unknown"), "skipped": _("Left out"), "suppressed": _("on the suppression list"),
        "consent": _("no consent"), "cap": _("had enough mails lately"), "hold": _("account on hold"),
        "address": _("no mail address"),
    }  # fmt: skip


@permission_required("marketing.use")
@require_GET
def mailing_list(request: HttpRequest) -> HttpResponse:
    """Mailings, newest first."""
    asked = from_query(dict(request.GET.lists()), queries.schema())
    page = queries.mailings(actor=actor_of(request), tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, queries.schema(), asked, page.next_cursor)
    return render(request, "marketing/mailings.html", {"mailings": page.items, "names": names(), "tones": TONES, **bar})


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, mailing_id: str = "") -> HttpResponse:
    """Make a mailing or change one."""
    actor = actor_of(request)
    initial: dict[str, Any] = {"template": request.GET.get("template", "")}
    if segment := request.GET.get("segment", ""):
        initial["audience"] = json.dumps({"id": segment, "kind": "segment"})
    if mailing_id:
        initial = initial_of(services.draft_of(queries.mailing_page(mailing_id=mailing_id, actor=actor)))
    form = MailingForm(request.POST or None, initial=initial, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.save_mailing(draft=form.draft(), mailing_id=mailing_id, actor=actor, at=clock.now())
        except (NotFound, Forbidden):
            raise
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            return redirect("marketing:mailing", mailing_id=made)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/mailing_edit.html", {"form": form, "mailing_id": mailing_id}, status=status)


@permission_required("marketing.use")
@require_GET
def mailing(request: HttpRequest, mailing_id: str) -> HttpResponse:
    """One mailing with its live figures."""
    actor = actor_of(request)
    page = queries.mailing_page(mailing_id=mailing_id, actor=actor)
    return render(
        request, "marketing/mailing.html",
        {"mailing": page, "names": names(), "tones": TONES, "may_send": may_send(actor), "when": WhenForm()},
    )  # fmt: skip


@permission_required("marketing.use")
@require_POST
def act(request: HttpRequest, mailing_id: str) -> HttpResponse:
    """What one does with a mailing by a button of its page."""
    actor, at, name = actor_of(request), clock.now(), request.POST.get("act", "")
    try:
        if name == "submit":
            review = services.submit(mailing_id=mailing_id, actor=actor, at=at)
            said = {"allow": _("Approved: it can go out."), "reject": _("It was refused.")}
            messages.info(request, said.get(review.verdict, _("A person looks at it before it can go out.")))
        elif name == "schedule":
            when = WhenForm(request.POST)
            if not when.is_valid():
                raise Invalid(_("This is not a date and time."), field="starts_at")
            services.schedule(mailing_id=mailing_id, starts_at=when.moment(at), actor=actor, at=at)
        elif name == "copy":
            return redirect(
                "marketing:mailing", mailing_id=services.copy_mailing(mailing_id=mailing_id, actor=actor, at=at)
            )
        elif name in {"count_sent", "send_again"}:
            count = claiming.settle_mailing(mailing_id=mailing_id, again=name == "send_again", actor=actor, at=at)
            messages.success(request, _("%(n)s mails settled.") % {"n": count})
        elif name in {"pause", "resume", "cancel"}:
            getattr(services, name)(mailing_id=mailing_id, actor=actor, at=at)
        else:
            raise Invalid(_("There is nothing of this name to do."), field="act")
    except (NotFound, Forbidden):
        raise
    except Problem as problem:
        messages.error(request, problem.detail or str(problem.title))
    return redirect("marketing:mailing", mailing_id=mailing_id)


@permission_required("marketing.use")
@require_GET
def check(request: HttpRequest, mailing_id: str) -> HttpResponse:
    """Who misses which value, before anything is sent."""
    actor = actor_of(request)
    page = queries.mailing_page(mailing_id=mailing_id, actor=actor)
    try:
        content = services.preview_content(mailing_id=mailing_id)
        found = checks.check(mailing_id=mailing_id, actor=actor, frozen=content, at=clock.now())
    except Invalid as problem:
        messages.error(request, problem.detail)
        return redirect("marketing:mailing", mailing_id=mailing_id)
    return render(request, "marketing/check.html", {"mailing": page, "check": found})


@permission_required("marketing.use")
@require_GET
def recipients(request: HttpRequest, mailing_id: str) -> HttpResponse:
    """What became of each recipient."""
    actor = actor_of(request)
    page = queries.mailing_page(mailing_id=mailing_id, actor=actor)
    asked = from_query(dict(request.GET.lists()), queries.delivery_schema())
    found = queries.deliveries(
        mailing_id=mailing_id, actor=actor, tree=asked.tree, cursor=request.GET.get("cursor", "")
    )
    bar = listbar.context(request, queries.delivery_schema(), asked, found.next_cursor)
    context = {"mailing": page, "deliveries": found.items, "names": names(), "tones": TONES, **bar}
    return render(request, "marketing/recipients.html", context)
