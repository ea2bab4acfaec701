"""Placing and changing an ad: revision, judgement and, if allowed, publication, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.market import events
from fairboard.market.models import Ad, Photo, Revision
from fairboard.market.services import publishing
from fairboard.market.services.drafts import Checked, Draft, check
from fairboard.market.services.photos import MOST_PHOTOS
from fairboard.people.queries import member_pk
from fairboard.safety import gate, parts
from fairboard.safety.queries.traders import may_sell
from fairboard.safety.services.standing import check_standing
from fairboard.screening import Prepared

ADS_AN_HOUR = 30
CLOSED = ("sold", "withdrawn")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: the ad's state and the gate's verdict with its reasons."""

    ad_id: str
    state: str
    verdict: str
    reasons: tuple[gate.ReasonRow, ...]
    path: str
    revision: int


class AdClosed(Conflict):
    """The ad's life is over; it can no longer be changed."""

    code = "ad-closed"


def submit(*, actor: Actor, draft: Draft, at: datetime, ad_id: str = "") -> Submitted:
    """Place a new ad, or a new version of the ad ``ad_id``.

    Raises BadDraft with every mistake, Forbidden, NotFound for somebody else's ad, AdClosed for one that
    was sold, AccountRestricted, TooMany. The text is stored exactly as written whatever the verdict.
    """
    if not actor.can("ads.post") or not actor.id:
        raise Forbidden(_("Sign in to place an ad."))
    check_standing(member_id=actor.id, at=at)
    if not may_sell(actor.id):
        raise Forbidden(_("Before you can place ads, please say who you are: your account, “Selling as a business”."))
    checked = check(draft)
    seller = member_pk(actor.id)
    plain = gate.prepared(fields=texts_of(checked), country=checked.place.country)
    with transaction.atomic():
        limits.check(f"post:{actor.id}", limit=ADS_AN_HOUR, per_seconds=3600, at=at)
        ad = _own_ad(seller, ad_id) if ad_id else Ad.objects.create(seller_id=seller, created_at=at)
        return _judged(actor, ad, checked, _own_photos(seller, checked.photos, ad), at, plain)


def resubmit(*, seller: Actor, ad: Ad, checked: Checked, at: datetime) -> Submitted:
    """One more version of an ad from its seller's own system; raises AdClosed, AccountRestricted, Invalid."""
    check_standing(member_id=seller.id, at=at)
    with transaction.atomic():
        if ad.state in CLOSED:
            raise AdClosed(_("This ad is closed. Place a new one instead."))
        return _judged(seller, ad, checked, _own_photos(ad.seller_id, checked.photos, ad), at)


def _judged(
    actor: Actor, ad: Ad, checked: Checked, photos: list[Photo], at: datetime, plain: Prepared | None = None
) -> Submitted:
    """Keep a version, have it judged and act on the verdict, in the running transaction."""
    number = _next_number(ad)
    asked = replace(request_of(ad, number, checked, actor, photos), prepared=plain)
    review = gate.review_many(requests=[asked], at=at)[0]
    revision = Revision.objects.create(
        ad=ad, number=number, created_at=at, submission_id=review.submission_id, verdict=review.verdict,
        **revision_values(checked),
    )  # fmt: skip
    ad.current = revision
    apply_verdict(ad, revision, review.verdict, at)
    record(
        kind=events.PUBLISHED if review.verdict == "allow" else events.SUBMITTED,
        subject=Subject("ad", ad.public_id), actor=actor, at=at,
        data={"revision": revision.number, "verdict": review.verdict, "category": checked.category.slug,
              "place": checked.place.code, "submission": review.submission_id},
    )  # fmt: skip
    return Submitted(ad.public_id, ad.state, review.verdict, review.reasons, ad.path, revision.number)


def request_of(ad: Ad, number: int, checked: Checked, author: Actor, photos: Sequence[Photo]) -> parts.Request:
    """What the gate is asked about a version of an ad."""
    return parts.Request(
        "ad", ad.public_id, number, texts_of(checked), checked.category.slug,
        checked.place.code, checked.place.country, [photo.sha256 for photo in photos], checked.attributes, author,
        [(photo.pdq, photo.quality) for photo in photos], photo_md5s=[photo.md5 for photo in photos],
    )  # fmt: skip


def texts_of(checked: Checked) -> dict[str, str]:
    """What of an ad is read by the gate."""
    return {"title": checked.title, "body": checked.body}


def _next_number(ad: Ad) -> int:
    """The number of the version that follows the newest one."""
    if ad.current_id is None:
        return 1
    return (ad.revisions.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def revision_values(checked: Checked) -> dict[str, object]:
    """The columns of a revision that come from what was typed."""
    return {
        "title": checked.title, "body": checked.body, "place_id": checked.place.pk,
        "category_id": checked.category.pk, "price_minor": checked.price_minor, "currency": checked.currency,
        "price_type": checked.price_type, "attributes": checked.attributes, "photos": list(checked.photos),
    }  # fmt: skip


def apply_verdict(ad: Ad, revision: Revision, verdict: str, at: datetime) -> None:
    """Bring the ad into the state the verdict on its current version asks for, and save it.

    A held change leaves the last allowed version in sight; an escalated one takes it down at once.
    """
    if verdict == "allow":
        publishing.put_live(pairs=[(ad, revision)], at=at)
        return
    if ad.state == "live" and verdict != "escalate":
        ad.save(update_fields=["current"])
        return
    if ad.live_id:
        publishing.take_down(ads=[ad])
        ad.live = None
    ad.state = "removed" if verdict == "reject" else "in_review"
    ad.save(update_fields=["state", "live", "current"])


def _own_ad(seller: int, ad_id: str) -> Ad:
    ad = (
        Ad.objects.select_for_update(of=("self",))
        .filter(public_id=ad_id[:16], seller_id=seller, deleted_at=None)
        .first()
    )
    if ad is None:
        raise NotFound(_("You have no such ad."))
    if ad.state in CLOSED:
        raise AdClosed(_("This ad is closed. Place a new one instead."))
    return ad


def _own_photos(seller: int, wanted: tuple[str, ...], ad: Ad) -> list[Photo]:
    if len(wanted) > MOST_PHOTOS:
        raise Invalid(_("An ad can show %(n)d photos.") % {"n": MOST_PHOTOS}, field="photos")
    if not wanted:
        return []
    found = {photo.public_id: photo for photo in Photo.objects.filter(public_id__in=wanted, owner_id=seller)}
    if len(found) != len(wanted):
        raise Invalid(_("One of the photos is not there any more. Add it again."), field="photos")
    Photo.objects.filter(public_id__in=wanted, ad=None).update(ad=ad)
    return [found[photo] for photo in wanted]
