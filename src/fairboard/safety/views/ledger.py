"""The ledger's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairboard.filters import from_query
from fairboard.ledger.queries import event_schema, timeline
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.ui import listbar


@permission_required("ledger.view")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Every event, newest first."""
    asked = from_query(dict(request.GET.lists()), event_schema())
    page = timeline(actor=actor_of(request), tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, event_schema(), asked, page.next_cursor)
    return render(request, "safety/ledger.html", {"events": page.items, **bar})
