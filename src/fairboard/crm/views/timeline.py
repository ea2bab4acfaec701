"""The timeline of a record as a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairboard.crm.queries.records import record
from fairboard.crm.timeline_part import context
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
def timeline_page(request: HttpRequest, record_id: str) -> HttpResponse:
    """Everything that happened with a record."""
    actor = actor_of(request)
    row = record(actor=actor, record_id=record_id)
    found = context(actor, record_id, request.GET.dict(), size=50)
    return render(request, "crm/timeline.html", {"record": row, "timeline": found})
