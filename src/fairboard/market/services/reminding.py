"""Telling sellers that an ad's term ends soon, with a link that renews it."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.market import events
from fairboard.market.models import Ad

BEFORE = timedelta(days=3)
TOKEN_DAYS = 14
SALT = "market.renew"
MAIL = tasks.expect("market.mail_expiry")


def remind(*, at: datetime, most: int = 200) -> int:
    """Have a mail sent for ads whose term ends within three days, once each; returns how many."""
    with transaction.atomic():
        due = list(
            Ad.objects.select_for_update(skip_locked=True)
            .filter(state="live", expires_at__gt=at, expires_at__lte=at + BEFORE, reminded_at=None)
            .order_by("expires_at")[:most]
        )
        Ad.objects.filter(pk__in=[ad.pk for ad in due]).update(reminded_at=at)
        for ad in due:
            record(kind=events.REMINDED, subject=Subject("ad", ad.public_id), actor=Actor.system("expiry"), at=at)
            tasks.enqueue(MAIL, ad_id=ad.public_id)
    return len(due)


def token_for(ad_id: str) -> str:
    """What the link of a mail names an ad by: signed, so nobody renews another's."""
    return signing.dumps(ad_id, salt=SALT)


def read_token(token: str) -> str:
    """The ad of such a link; raises signing.BadSignature for one that is forged or older than two weeks."""
    return str(signing.loads(token, salt=SALT, max_age=TOKEN_DAYS * 86_400))


def seller_of(ad_id: str) -> str:
    """The public id of an ad's seller; empty when there is no such ad."""
    found = Ad.objects.filter(public_id=ad_id, deleted_at=None).values_list("seller__public_id", flat=True).first()
    return found or ""
