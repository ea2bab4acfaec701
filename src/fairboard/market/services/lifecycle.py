"""The rest of an ad's life: withdrawn, sold, renewed, expired, hidden or restored by a decision."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, NotFound
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.market import events
from fairboard.market.models import Ad, Card, Revision
from fairboard.market.services import publishing, standing
from fairboard.people.queries import member_pk
from fairboard.safety.queries.standing import blocked_among, unlisted_among
from fairboard.safety.services.standing import check_standing


class NotNow(Conflict):
    """The ad is in a state in which this cannot be done."""

    code = "ad-state"


def withdraw(*, actor: Actor, ad_id: str, at: datetime) -> None:
    """The seller takes the ad down for good; raises NotFound, NotNow."""
    _close(actor, ad_id, "withdrawn", events.WITHDRAWN, {"live", "in_review", "expired", "removed"}, at)


def mark_sold(*, actor: Actor, ad_id: str, at: datetime, buyer_id: str = "") -> None:
    """The seller says it is sold, and to whom if they like; raises NotFound, NotNow unless it was visible."""
    with transaction.atomic():
        _close(actor, ad_id, "sold", events.SOLD, {"live", "expired"}, at)
        if buyer_id and buyer_id != actor.id:
            Ad.objects.filter(public_id=ad_id).update(sold_to_id=member_pk(buyer_id))


def delete(*, actor: Actor, ad_id: str, at: datetime) -> None:
    """The seller takes an ad out of their list for good; one that is visible is taken down first. Raises NotFound.

    What it said is erased later, unless a hold or an open case keeps it (`erasing.erase_deleted`).
    """
    with transaction.atomic():
        ad = _own(actor, ad_id)
        if ad.live_id:
            publishing.take_down(ads=[ad])
        if ad.state in {"live", "in_review", "expired"}:
            ad.state = "withdrawn"
        ad.live, ad.deleted_at = None, at
        ad.save(update_fields=["state", "live", "deleted_at"])
        record(kind=events.DELETED, subject=Subject("ad", ad.public_id), actor=actor, at=at)


def renew(*, actor: Actor, ad_id: str, at: datetime) -> None:
    """Put a live or expired ad on top for another term; raises NotFound, NotNow, AccountRestricted."""
    check_standing(member_id=actor.id, at=at)
    with transaction.atomic():
        ad = _own(actor, ad_id)
        revision = ad.live or ad.current
        if ad.state not in {"live", "expired"} or revision is None or revision.verdict != "allow":
            raise NotNow(_("Only an ad that is or was visible can be renewed."))
        if ad.state == "live" and ad.published_at and (at - ad.published_at).total_seconds() < 86_400:
            raise NotNow(_("This ad was put on top within the last day. Try again tomorrow."))
        ad.published_at, ad.expires_at = at, at + publishing.TERM
        if ad.reminded_at:
            ad.reminded_at = None
            ad.save(update_fields=["reminded_at"])
        publishing.put_live(pairs=[(ad, revision)], at=at)
        record(kind=events.RENEWED, subject=Subject("ad", ad.public_id), actor=actor, at=at)


def expire(*, at: datetime, most: int = 500) -> int:
    """End the term of ads that are due; returns how many. Run again, it does nothing twice."""
    with transaction.atomic():
        due = list(
            Ad.objects.select_for_update(skip_locked=True)
            .filter(state="live", expires_at__lte=at)
            .order_by("expires_at")[:most]
        )
        if not due:
            return 0
        publishing.take_down(ads=due)
        Ad.objects.filter(pk__in=[ad.pk for ad in due]).update(state="expired", live=None)
        record_many(
            entries=[Entry(events.EXPIRED, Subject("ad", ad.public_id), {}) for ad in due],
            actor=Actor.system("expiry"), at=at,
        )  # fmt: skip
    return len(due)


def decide(
    *, ad_id: str, submission_id: str, outcome: str, actor: Actor, at: datetime, is_restriction: bool = False
) -> None:
    """Carry out a decision of the desk on the judged version, in the decision's own transaction.

    A restriction leaves the ad in sight of who has its address; ``hold`` takes it out of sight until it is decided.
    """
    with transaction.atomic():
        ad = Ad.objects.select_for_update(of=("self",)).select_related("seller").filter(public_id=ad_id).first()
        if ad is None:
            return
        judged = ad.revisions.filter(submission_id=submission_id).first() or ad.live or ad.current
        if judged is None:
            return
        outcome = "allow" if is_restriction else outcome
        Revision.objects.filter(pk=judged.pk).update(verdict=outcome)
        judged.verdict = outcome
        kind = _restore(ad, judged, at) if outcome == "allow" else _hide(ad, judged, outcome)
        if kind:
            record(kind=kind, subject=Subject("ad", ad.public_id), actor=actor, at=at,
                   data={"revision": judged.number, "outcome": outcome})  # fmt: skip


def _restore(ad: Ad, judged: Revision, at: datetime) -> str:
    if ad.state == "live" and judged.pk == ad.live_id:
        return _relist(ad, judged, at)
    if ad.deleted_at or ad.state in {"sold", "withdrawn", "expired"} or judged.pk != ad.current_id:
        return ""
    if blocked_among([ad.seller.public_id], at=at):
        standing.hold_back(ad=ad, at=at)
        return ""
    publishing.put_live(pairs=[(ad, judged)], at=at)
    return events.PUBLISHED


def _relist(ad: Ad, judged: Revision, at: datetime) -> str:
    """Bring the lists in line with whether a decision restricts a visible ad; its place in them stays."""
    is_listed = Card.objects.filter(ad=ad).exists()
    is_restricted = bool(unlisted_among(kind="ad", subject_ids=[ad.public_id]))
    if is_listed != is_restricted:
        return ""
    publishing.put_live(pairs=[(ad, judged)], at=ad.published_at or at)
    return events.HIDDEN if is_restricted else events.PUBLISHED


def _hide(ad: Ad, judged: Revision, outcome: str) -> str:
    if ad.state in {"sold", "withdrawn"}:
        return ""
    if ad.live_id and ad.live_id != judged.pk:
        return ""  # an older, allowed version is in sight and stays
    publishing.take_down(ads=[ad])
    ad.state, ad.live = "in_review" if outcome == "hold" else "removed", None
    ad.save(update_fields=["state", "live"])
    return events.HIDDEN


def _own(actor: Actor, ad_id: str) -> Ad:
    pk = member_pk(actor.id) if actor.id else None
    own = Ad.objects.select_for_update(of=("self",)).filter(public_id=ad_id[:16], seller_id=pk, deleted_at=None)
    ad = own.first() if pk else None
    if ad is None:
        raise NotFound(_("You have no such ad."))
    return ad


def _close(actor: Actor, ad_id: str, state: str, kind: str, allowed: set[str], at: datetime) -> None:
    with transaction.atomic():
        ad = _own(actor, ad_id)
        if ad.state not in allowed:
            raise NotNow(_("That is not possible with this ad now."))
        publishing.take_down(ads=[ad])
        ad.state, ad.live = state, None
        ad.save(update_fields=["state", "live"])
        record(kind=kind, subject=Subject("ad", ad.public_id), actor=actor, at=at)
