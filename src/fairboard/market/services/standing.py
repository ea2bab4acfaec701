"""What the standing of a seller does to their ads: out of sight while it is bad, back when it is good again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.market import events
from fairboard.market.models import Ad, Revision
from fairboard.market.services import publishing
from fairboard.safety.queries.standing import BLOCKED, withheld_ids
from fairboard.safety.services.standing import release_withheld, withhold

BATCH = 500


def follow_standing(*, member_id: str, state: str, actor: Actor, at: datetime) -> int:
    """Hide a seller's live ads, or bring back those hidden by their standing; returns how many.

    Runs in the transaction that changes the standing.
    """
    with transaction.atomic():
        if state in BLOCKED:
            return _hide(member_id, state, actor, at)
        return _bring_back(member_id, actor, at)


def hold_back(*, ad: Ad, at: datetime) -> None:
    """Keep an ad out of sight that may be shown but for its seller's standing; it comes back with that."""
    publishing.take_down(ads=[ad])
    ad.state, ad.live = "removed", None
    ad.save(update_fields=["state", "live"])
    withhold(kind="ad", subject_ids=[ad.public_id], member_id=ad.seller.public_id, at=at)


def _hide(member_id: str, state: str, actor: Actor, at: datetime) -> int:
    hidden = 0
    live = Ad.objects.select_for_update(of=("self",)).filter(seller__public_id=member_id, state="live")
    while ads := list(live.order_by("pk")[:BATCH]):
        publishing.take_down(ads=ads)
        Ad.objects.filter(pk__in=[ad.pk for ad in ads]).update(state="removed", live=None)
        withhold(kind="ad", subject_ids=[ad.public_id for ad in ads], member_id=member_id, at=at)
        _record(events.HIDDEN, ads, state, actor, at)
        hidden += len(ads)
    return hidden


def _bring_back(member_id: str, actor: Actor, at: datetime) -> int:
    ids = withheld_ids(member_id=member_id, kind="ad")
    back: list[Ad] = []
    ended: list[Ad] = []
    for start in range(0, len(ids), BATCH):
        chosen = ids[start : start + BATCH]
        found = Ad.objects.select_for_update(of=("self",)).filter(
            public_id__in=chosen, state="removed", live=None, deleted_at=None
        )
        for ad in found.order_by("published_at", "pk"):
            revision = newest_allowed(ad)
            if revision is None:
                continue
            if ad.expires_at and ad.expires_at <= at:
                ended.append(ad)
                continue
            publishing.put_live(pairs=[(ad, revision)], at=ad.published_at or at)
            back.append(ad)
    Ad.objects.filter(pk__in=[ad.pk for ad in ended]).update(state="expired")
    release_withheld(kind="ad", member_id=member_id)
    _record(events.PUBLISHED, back, "good", actor, at)
    _record(events.EXPIRED, ended, "good", actor, at)
    return len(back)


def newest_allowed(ad: Ad) -> Revision | None:
    """The newest version of an ad that may be seen."""
    return ad.revisions.filter(verdict="allow").order_by("-number").first()


def _record(kind: str, ads: Sequence[Ad], standing: str, actor: Actor, at: datetime) -> None:
    if ads:
        entries = [Entry(kind, Subject("ad", ad.public_id), {"standing": standing}) for ad in ads]
        record_many(entries=entries, actor=actor, at=at)
