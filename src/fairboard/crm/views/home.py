"""The first page of the CRM, and remembering what was opened."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.activities import mentions
from fairboard.crm.queries.home import home
from fairboard.crm.services.views import note_seen
from fairboard.crm.values import shown
from fairboard.crm.views.cells import cell, names_for
from fairboard.kit import clock
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_GET
def home_page(request: HttpRequest) -> HttpResponse:
    """Tasks that are due, open deals by stage, the newest leads, and what was looked at last."""
    actor, at = actor_of(request), clock.now()
    found, known, seat = home(actor=actor, at=at), catalogue().types, seat_of(actor)
    tasks: list[dict[str, Any]] = []
    if found.tasks:
        info = known["task"]
        names = names_for(actor, info, found.tasks, ("about",))
        tasks = [
            {"id": row.id, "name": row.name, "due": cell(info, "due_on", row, names) if "due_on" in info.fields else {},
             "about": cell(info, "about", row, names) if "about" in info.fields else {},
             "late": str(row.values.get("due_on", "9")) < at.date().isoformat()}
            for row in found.tasks
        ]  # fmt: skip
    most = max((one.total or 0 for one in found.stages), default=0) or 1
    priced = "deal" in known and "amount" in known["deal"].fields
    stages = [
        {
            "label": one.label, "key": one.key, "count": one.count, "share": round(100 * (one.total or 0) / most),
            "total": shown(known["deal"].fields["amount"], round(one.total or 0, 2)) if priced else "",
        }
        for one in found.stages
    ]  # fmt: skip
    leads = [
        {"id": row.id, "name": row.name, "created_at": row.created_at,
         "source": cell(known["lead"], "source", row, names_for(actor, known["lead"], (), ()))
         if "source" in known["lead"].fields else {}}
        for row in found.leads
    ]  # fmt: skip
    seen = [{"id": row.id, "name": row.name, "type": known[row.type_key]} for row in found.seen]
    shows = {key: key in known and seat.on(key).read != "none" for key in ("task", "deal", "lead")}
    makes = [
        {"label": one.label, "href": f"/crm/{one.key}/new/", "icon": one.icon}
        for one in known.values() if seat.on(one.key).create and one.key in ("lead", "account", "deal", "task")
    ]  # fmt: skip
    context = {
        "tasks": tasks,
        "stages": stages,
        "leads": leads,
        "seen": seen,
        "shows": shows,
        "makes": makes,
        "mentions": [one for one in mentions(actor=actor, size=8) if one.is_new],
        "actor": actor,
    }
    return render(request, "crm/home.html", context)


def remembered(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A record's page that is remembered as looked at, when it was shown."""

    @wraps(view)
    def noted(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if request.method == "GET" and answer.status_code == 200:
            pk = Record.objects.filter(public_id=kwargs.get("record_id", "")).values_list("pk", flat=True).first()
            if pk is not None:
                note_seen(record_pk=pk, actor=actor_of(request), at=clock.now())
        return answer

    return noted
