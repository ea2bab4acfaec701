"""The page of a record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.records import record
from fairboard.crm.values import shown
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
def record_page(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
    """One record with its values."""
    row, info = record(actor=actor_of(request), record_id=record_id), catalogue().type(key)
    facts = [
        {"label": one.label, "value": shown(one, row.values[name])}
        for name, one in info.fields.items() if name in row.values
    ]  # fmt: skip
    return render(request, "crm/record.html", {"type": info, "record": row, "facts": facts})
