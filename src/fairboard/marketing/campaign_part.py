"""What a campaign of the CRM came to, beside its record's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from fairboard.crm import page_parts
from fairboard.crm.queries.records import RecordRow
from fairboard.kit.actors import Actor
from fairboard.marketing.queries.campaigns import influence


@page_parts.offer
def part(actor: Actor, row: RecordRow, query: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """Members and won deals of a campaign, for who works with marketing."""
    if row.type_key != "campaign" or row.is_deleted or not actor.can("marketing.use"):
        return {}
    return {
        "influence": influence(campaign_id=row.id, actor=actor), "currency": settings.CURRENCY,
        "asides": ["marketing/parts/campaign_aside.html"],
    }  # fmt: skip
