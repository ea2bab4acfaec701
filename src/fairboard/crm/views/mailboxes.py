"""How mail reaches the timelines."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairboard.crm.queries.mailboxes import folders
from fairboard.crm.services.correspondence import dropbox_address
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
def mail_in(request: HttpRequest) -> HttpResponse:
    """One's own secret address, and the company's mailboxes."""
    actor = actor_of(request)
    return render(
        request, "crm/mail_in.html",
        {"address": dropbox_address(actor=actor), "folders": folders(actor=actor), "listens": settings.RELAY_LISTEN},
    )  # fmt: skip
