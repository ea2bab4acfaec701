"""The secret address of a member's calendar."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from fairboard.crm import events
from fairboard.crm.models import CalendarFeed
from fairboard.crm.queries.access import seat_of
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record


def make_feed(*, actor: Actor, at: datetime) -> str:
    """Make a secret for the actor's calendar and return it, the only time it is told; an older one ends."""
    seat_of(actor)
    secret = secrets.token_urlsafe(24)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            member_id=actor.id, defaults={"digest": hashlib.sha256(secret.encode()).hexdigest(), "made_at": at}
        )
        _said(actor, at, "calendar address made")
    return secret


def end_feed(*, actor: Actor, at: datetime) -> None:
    """End the actor's calendar address."""
    seat_of(actor)
    with transaction.atomic():
        gone, _each = CalendarFeed.objects.filter(member_id=actor.id).delete()
        if gone:
            _said(actor, at, "calendar address ended")


def _said(actor: Actor, at: datetime, what: str) -> None:
    record(kind=events.ACCESS, subject=Subject("member", actor.id), actor=actor, at=at, data={"what": what})
