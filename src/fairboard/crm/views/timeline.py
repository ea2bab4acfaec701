"""The timeline of a record, as a part of its page and as a page of its own."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fairboard.crm.queries.records import record
from fairboard.crm.queries.timeline import kinds_on, timeline
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


def context(request: HttpRequest, record_id: str, *, size: int = 30) -> dict[str, Any]:
    """What ``crm/parts/timeline.html`` needs, under the name ``timeline``."""
    actor = actor_of(request)
    chosen = [one for one in request.GET.getlist("kind") if one]
    text = request.GET.get("q", "")
    page = timeline(
        actor=actor, record_id=record_id, kinds=chosen, text=text, cursor=request.GET.get("cursor", ""), size=size
    )
    href = reverse("crm:timeline", args=[record_id])
    kept = [("kind", one) for one in chosen] + ([("q", text)] if text else [])
    more = f"{href}?{urlencode([*kept, ('cursor', page.next_cursor)])}" if page.next_cursor else ""
    return {
        "rows": page.items, "kinds": kinds_on(actor=actor, record_id=record_id), "chosen": chosen, "text": text,
        "href": href, "next_url": more,
    }  # fmt: skip


@permission_required("crm.use")
def timeline_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """Everything that happened with a record."""
    row = record(actor=actor_of(request), record_id=record_id)
    return render(request, "crm/timeline.html", {"record": row, "timeline": context(request, record_id, size=50)})
