"""Deliverability, and what a mail sink kept."""

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from fairboard.kit import clock
from fairboard.kit.problems import NotFound
from fairboard.marketing import sink
from fairboard.marketing.queries import deliverability
from fairboard.marketing.views.templates import MAIL_POLICY
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

PAGE = 50


@permission_required("marketing.use")
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """What came back lately, and what the DNS must say."""
    found = deliverability.health(actor=actor_of(request), at=clock.now())
    context = {"health": found, "hints": deliverability.dns_hints(), "most": deliverability.COMPLAINTS_MOST}
    return render(request, "marketing/deliverability.html", context)


def _configured() -> None:
    if not settings.MAIL_SINK:
        raise NotFound(_("There is no mail sink here."))


@permission_required("marketing.use")
@require_GET
def sink_list(request: HttpRequest) -> HttpResponse:
    """The mails a sink kept, newest first."""
    _configured()
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 16 else 0
    to = request.GET.get("to", "").strip().lower()[:254]
    found = sink.mails(recipient=to, before=before, size=PAGE + 1)
    more = f"?before={found[PAGE - 1].id}&to={to}" if len(found) > PAGE else ""
    context = {"mails": found[:PAGE], "count": sink.count(), "to": to, "next_url": more}
    return render(request, "marketing/sink.html", context)


@permission_required("marketing.use")
@require_GET
def sink_mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail a sink kept."""
    _configured()
    found = sink.mail(number)
    if found is None:
        raise NotFound(_("There is no such mail."))
    return render(request, "marketing/sink_mail.html", {"mail": found})


@permission_required("marketing.use")
@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]
@require_GET
def sink_body(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML of a mail, for the frame on its page."""
    _configured()
    found = sink.mail(number)
    if found is None:
        raise NotFound(_("There is no such mail."))
    return HttpResponse(found.html or f"<pre>{found.text}</pre>")
