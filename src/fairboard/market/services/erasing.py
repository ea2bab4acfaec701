"""Erasing what ads said and showed: of members who leave, and of ads their sellers deleted a while ago.

The rows stay, empty, so that figures, payments and conversations about them still add up. What the gate judged is kept
by safety, which says so; an ad under a legal hold or in an open case is left as it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.market import events
from fairboard.market.models import Ad, AdViews, Photo, Revision, SavedDraft
from fairboard.market.services import publishing
from fairboard.market.services.saving import drop_photos
from fairboard.people.queries import member_pk
from fairboard.safety.queries.own_data import is_needed

AFTER = timedelta(days=30)
"""How long after an ad was deleted what it said is erased."""
BATCH = 200


def erase_deleted(*, at: datetime) -> int:
    """Erase ads their sellers deleted a month ago and more; returns how many. Those that are needed wait."""
    erased, last = 0, 0
    due = Ad.objects.filter(deleted_at__lte=at - AFTER).exclude(current__title="").order_by("pk")
    while ads := list(due.filter(pk__gt=last)[:BATCH]):
        last = ads[-1].pk
        with transaction.atomic():
            erased += len(_erase([ad for ad in ads if not is_needed(kind="ad", subject_id=ad.public_id, at=at)], at))
    return erased


def erase_member(*, member_id: str, at: datetime) -> list[str]:
    """Take down and erase the ads, photos and drafts of a member; returns the ids of ads that must be kept."""
    owner = member_pk(member_id)
    kept: list[str] = []
    with transaction.atomic():
        ads = list(Ad.objects.select_for_update(of=("self",)).filter(seller_id=owner).order_by("pk"))
        publishing.take_down(ads=[ad for ad in ads if ad.live_id])
        for ad in ads:
            ad.state = "withdrawn" if ad.state in {"live", "in_review", "expired", "draft"} else ad.state
            ad.live, ad.deleted_at = None, ad.deleted_at or at
            ad.save(update_fields=["state", "live", "deleted_at"])
            if is_needed(kind="ad", subject_id=ad.public_id, at=at):
                kept.append(ad.public_id)
        _erase([ad for ad in ads if ad.public_id not in kept], at)
        drop_photos(list(Photo.objects.filter(owner_id=owner, ad=None)))
        SavedDraft.objects.filter(owner_id=owner).delete()
        Ad.objects.filter(sold_to_id=owner).update(sold_to=None)
    return kept


def _erase(ads: Sequence[Ad], at: datetime) -> Sequence[Ad]:
    drop_photos(list(Photo.objects.filter(ad__in=ads)))
    Revision.objects.filter(ad__in=ads).update(title="", body="", attributes={}, photos=[])
    AdViews.objects.filter(ad__in=ads).delete()
    Ad.objects.filter(pk__in=[ad.pk for ad in ads]).update(external_id="", source="")
    if ads:
        entries = [Entry(events.ERASED, Subject("ad", ad.public_id), {}) for ad in ads]
        record_many(entries=entries, actor=Actor.system("erasure"), at=at)
    return ads
