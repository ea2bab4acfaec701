"""One's tasks and mentions, meetings for a calendar, files."""

import hashlib

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm import calendars
from fairboard.crm.queries import activities, colleagues
from fairboard.crm.queries.records import record
from fairboard.crm.services import calendars as services
from fairboard.crm.views.records import tasks_context
from fairboard.kit import clock
from fairboard.kit.problems import NotFound
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.people.queries import actor_by_id

CALENDAR = "text/calendar; charset=utf-8"


@permission_required("crm.use")
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """One's own tasks, or a colleague's."""
    actor = actor_of(request)
    names = colleagues.colleagues(actor=actor)
    owner = request.GET.get("owner", actor.id)
    owner = owner if owner in names else actor.id
    context = {
        **tasks_context(request, owner), "names": names, "me": actor.id,
        "mentions": activities.mentions(actor=actor, size=8), "has_feed": activities.has_feed(actor=actor),
    }  # fmt: skip
    return render(request, "crm/tasks.html", context)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of one's calendar: made, made anew, or taken away."""
    actor, address = actor_of(request), ""
    if request.method == "POST":
        if request.POST.get("op") == "end":
            services.end_feed(actor=actor, at=clock.now())
            messages.success(request, _("The address no longer works."))
            return redirect("crm:calendar")
        secret = services.make_feed(actor=actor, at=clock.now())
        address = request.build_absolute_uri(reverse("crm:feed", args=[secret]))
    return render(request, "crm/calendar_feed.html", {"address": address, "has_feed": activities.has_feed(actor=actor)})


@require_GET
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A member's meetings, for a calendar program that knows the secret."""
    owner = activities.feed_owner(hashlib.sha256(secret.encode()).hexdigest())
    actor = actor_by_id(owner)
    if actor is None or not actor.can("crm.use"):
        raise NotFound
    at = clock.now()
    rows = activities.meetings_of(actor=actor, at=at)
    text = calendars.calendar(rows, at=at, address=request.build_absolute_uri("/"))
    return HttpResponse(text, content_type=CALENDAR, headers={"Cache-Control": "private, no-store"})


@permission_required("crm.use")
@require_GET
def meeting_file(request: HttpRequest, record_id: str) -> HttpResponse:
    """One meeting as a file for a calendar."""
    row = record(actor=actor_of(request), record_id=record_id)
    if row.type_key != "meeting" or not row.values.get("starts_at"):
        raise NotFound(_("This is not a meeting with a time."))
    text = calendars.calendar([row], at=clock.now(), address=request.build_absolute_uri("/"))
    disposition = f'attachment; filename="meeting-{row.id}.ics"'
    return HttpResponse(text, content_type=CALENDAR, headers={"Content-Disposition": disposition})


@permission_required("crm.use")
@require_GET
def download(request: HttpRequest, record_id: str) -> FileResponse:
    """A file, always as an attachment and never as something a browser shows."""
    row, content = activities.file_of(actor=actor_of(request), record_id=record_id)
    answer = FileResponse(
        content, as_attachment=True, filename=str(row.values.get("name", "file")),
        content_type="application/octet-stream",
    )  # fmt: skip
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
