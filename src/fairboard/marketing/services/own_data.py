"""What marketing erases of a member who leaves."""

from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.marketing import addresses
from fairboard.marketing.models import Consent, Delivery
from fairboard.marketing.services.suppressions import suppress
from fairboard.people.queries import address_of


def erase_address(*, member_id: str, at: datetime) -> bool:
    """Never write to the member's address again and forget it; returns whether marketing knew it.

    The keyed hash stays: it keeps the address from being written to when it comes back in a list, and proves consents.
    """
    digest = addresses.digest(address_of(member_id))
    if not digest:
        return False
    with transaction.atomic():
        known = Consent.objects.filter(digest=digest).exists() or Delivery.objects.filter(digest=digest).exists()
        if not known:
            return False
        suppress(digest=digest, reason="unsubscribe", source="erasure", actor=Actor.system("erasure"), at=at)
        Consent.objects.filter(digest=digest).update(address="", proof={})
        Delivery.objects.filter(digest=digest).exclude(state__in=["queued", "handing"]).update(address="", values="")
    return True
