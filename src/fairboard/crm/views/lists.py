"""Lists of records."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.records import records
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
def record_list(request: HttpRequest, key: str) -> HttpResponse:
    """The records of a type."""
    page = records(actor=actor_of(request), type_key=key, cursor=request.GET.get("cursor", ""))
    return render(request, "crm/list.html", {"type": catalogue().type(key), "page": page})
