"""What a campaign of the CRM came to; the fragment stands on the campaign's own page too."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.marketing.queries.campaigns import influence
from fairboard.marketing.services import campaigns as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


def context(request: HttpRequest, record_id: str) -> dict[str, Any]:
    """What ``marketing/parts/campaign.html`` needs."""
    return {"influence": influence(campaign_id=record_id, actor=actor_of(request)), "currency": settings.CURRENCY}


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def campaign(request: HttpRequest, record_id: str) -> HttpResponse:
    """Mailings, journeys, forms, members and won deals of a campaign."""
    if request.method == "POST":
        services.tie_mailing(
            campaign_id=record_id, mailing_id=request.POST.get("mailing", ""), actor=actor_of(request), at=clock.now()
        )
        return redirect("marketing:campaign", record_id=record_id)
    return render(request, "marketing/campaign.html", context(request, record_id))
