"""Forms of the public, in the console: the list with figures, one with what was sent, its editor."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, NotFound, Problem
from fairboard.marketing import form_guard
from fairboard.marketing.forms import add_problem
from fairboard.marketing.forms_leads import LeadForm, asked_rows, initial_of, read_asked
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services import forms as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("marketing.use")
@require_GET
def form_list(request: HttpRequest) -> HttpResponse:
    """Forms in use with their figures."""
    return render(request, "marketing/forms.html", {"forms": queries.forms(actor=actor_of(request))})


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, form_id: str = "") -> HttpResponse:
    """Make a form or change one."""
    actor = actor_of(request)
    kept = queries.form(form_id=form_id, actor=actor) if form_id else None
    first = [{"key": key, "required": key in {"last_name", "email"}} for key in ("first_name", "last_name", "email")]
    initial = initial_of(kept) if kept else {"button": _("Send")}
    form = LeadForm(request.POST or None, initial=initial, actor=actor)
    asked = read_asked(request.POST) if request.method == "POST" else list(kept.asked if kept else first)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.save_form(draft=form.draft(asked), form_id=form_id, actor=actor, at=clock.now())
        except (NotFound, Forbidden):
            raise
        except Problem as problem:
            add_problem(form, problem.errors, problem.detail)
        else:
            return redirect("marketing:form", form_id=made)
    type_key = request.POST.get("type_key") or (kept.type_key if kept else "lead")
    type_key = type_key if type_key in queries.TYPES else "lead"
    context = {"form": form, "kept": kept, "rows": asked_rows(type_key, asked)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/form_edit.html", context, status=status)


@permission_required("marketing.use")
@require_GET
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    """A form: its address and code, its figures, what was sent and what is kept apart."""
    actor, state = actor_of(request), request.GET.get("state", "")
    kept = queries.form(form_id=form_id, actor=actor)
    page = queries.sent(form_id=form_id, actor=actor, state=state[:10], cursor=request.GET.get("cursor", ""))
    days = queries.by_day(form_id=form_id, actor=actor, at=clock.now())
    row = next(one for one in queries.forms(actor=actor) if one.id == form_id)
    most = max([1, *(max(seen, sent) for _day, seen, sent in days)])
    bars = [
        {"x": number * 12, "seen": 60 * seen / most, "sent": 60 * sent / most, "day": day, "n": (seen, sent)}
        for number, (day, seen, sent) in enumerate(days)
    ]
    context = {
        "kept": kept, "row": row, "sent": page.items, "state": state, "bars": bars, "trap": form_guard.TRAP,
        "address": f"{settings.BASE_URL}/f/{kept.slug}", "shown": queries.shown_of(kept), "words": _words(),
        "next_url": f"?state={state}&cursor={page.next_cursor}" if page.next_cursor else "",
    }  # fmt: skip
    return render(request, "marketing/form.html", context)


def _words() -> dict[str, str]:
    return {
        "trap": _("filled in a field that people do not see"), "token": _("a forged token"),
        "quick": _("sent within three seconds"), "old": _("the page had been open for days"),
        "many": _("many from one network"), "link": _("links where none belong"),
        "disguised": _("a disguised contact"), "taken": _("Taken"), "kept_apart": _("Kept apart"),
        "discarded": _("Discarded"),
    }  # fmt: skip


@permission_required("marketing.use")
@require_POST
def act(request: HttpRequest, form_id: str) -> HttpResponse:
    """Take or discard what was kept apart; take the form out of use."""
    actor, at, what = actor_of(request), clock.now(), request.POST.get("act", "")
    queries.form(form_id=form_id, actor=actor)
    if what == "archive":
        services.archive_form(form_id=form_id, actor=actor, at=at)
        return redirect("marketing:forms")
    if what in {"take", "discard"}:
        try:
            services.look(submission_id=request.POST.get("sent", ""), take=what == "take", actor=actor, at=at)
        except NotFound:
            messages.error(request, _("Somebody has looked at this already."))
    return redirect("marketing:form", form_id=form_id)
