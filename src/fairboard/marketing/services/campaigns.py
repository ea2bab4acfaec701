"""Campaigns of the CRM kept current by mailings and answers: who was mailed is a member, who answered responded."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from fairboard.crm.queries.records import record as read
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound, Problem
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events
from fairboard.marketing.models import CampaignMailing, Delivery, Feedback, JourneyMail, Mailing
from fairboard.marketing.services.journey_running import join_campaign

log = logging.getLogger("fairboard.marketing.campaigns")
CHUNK = 500
LOOKED_BACK = timedelta(days=2)
"""How far back answers are looked for: a second look changes nothing."""


def tie_mailing(*, campaign_id: str, mailing_id: str, actor: Actor, at: datetime) -> None:
    """Have a mailing count for a campaign. Raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    row = read(actor=actor, record_id=campaign_id)
    mailing = Mailing.objects.filter(public_id=mailing_id, journey_mail=None, automation_mailing=None).first()
    if row.type_key != "campaign" or mailing is None:
        raise NotFound
    with transaction.atomic():
        CampaignMailing.objects.update_or_create(mailing=mailing, defaults={"campaign_id": row.pk, "followed_at": None})
        record(
            kind=events.CAMPAIGN_TIED, subject=Subject("mailing", mailing_id), actor=actor, at=at,
            data={"campaign": campaign_id},
        )  # fmt: skip


def follow(*, at: datetime) -> int:
    """Make members of who was mailed, and mark who answered; returns how many people were looked at."""
    count = 0
    ended = CampaignMailing.objects.filter(followed_at=None, mailing__state__in=["done", "cancelled"])
    for tie in ended.select_related("campaign"):
        campaign = tie.campaign.public_id
        after = 0
        while True:
            rows = list(
                Delivery.objects.filter(mailing_id=tie.mailing_id, state="sent", pk__gt=after).order_by("pk")
                .values_list("pk", "key")[:CHUNK]
            )  # fmt: skip
            for pk, key in rows:
                after, count = pk, count + _joined(campaign, key, "sent", at)
            if len(rows) < CHUNK:
                break
        CampaignMailing.objects.filter(pk=tie.pk).update(followed_at=at)
    answers = Feedback.objects.filter(kind="reply", at__gte=at - LOOKED_BACK).select_related("delivery")
    for one in answers:
        campaign = _campaign_of(one.mailing_id) if one.delivery and one.mailing_id else ""
        if campaign and one.delivery:
            count += _joined(campaign, one.delivery.key, "responded", at)
    return count


def _campaign_of(mailing: int) -> str:
    tie = CampaignMailing.objects.filter(mailing_id=mailing).select_related("campaign").first()
    if tie is not None:
        return tie.campaign.public_id
    step = JourneyMail.objects.filter(mailing_id=mailing).select_related("version").first()
    return str(step.version.content.get("campaign") or "") if step else ""


def _joined(campaign: str, key: str, status: str, at: datetime) -> int:
    kind, _colon, record_id = key.partition(":")
    type_key = kind.removeprefix("crm.")
    if type_key not in {"contact", "lead"}:
        return 0
    try:
        join_campaign(
            campaign=campaign, record_id=record_id, type_key=type_key, status=status, at=at, source="campaign"
        )
    except Problem as problem:
        log.info("a member of a campaign was not kept: %s", problem.code)
    return 1
