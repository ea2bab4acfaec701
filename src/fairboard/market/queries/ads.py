"""Reading one ad: its page, what its owner sees, what other rooms may ask."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from fairboard.fields import field_type
from fairboard.kit.actors import Actor
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.models import Ad, Photo, Revision


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of an ad with the addresses of its sizes."""

    id: str
    width: int
    height: int
    colour: str
    small: str
    medium: str
    large: str


@dataclass(frozen=True, slots=True)
class AdRow:
    """An ad as its page shows it. ``latitude`` and ``longitude`` are those of the place, not the seller."""

    id: str
    pk: int
    state: str
    title: str
    body: str
    price_minor: int | None
    currency: str
    price_type: str
    place: PlaceRow
    category: CategoryRow
    attributes: dict[str, Any]
    facts: tuple[tuple[str, str], ...]
    photos: tuple[PhotoRow, ...]
    seller_id: str
    seller_name: str
    seller_since: datetime
    revision: int
    verdict: str
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    is_own: bool = False
    pending_revision: int = 0
    external_id: str = field(default="")

    @property
    def path(self) -> str:
        """The address of the ad's page."""
        return reverse("market:ad", kwargs={"ad_id": self.id})


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """What other rooms need to know of an ad to let somebody answer it."""

    pk: int
    ad_id: str
    title: str
    url: str
    seller_id: str
    seller_name: str
    category: str
    place: str
    country: str
    is_live: bool
    thumbnail_url: str


def photo_rows(ids: list[str]) -> tuple[PhotoRow, ...]:
    """The photos of these ids, in their order; one query."""
    if not ids:
        return ()
    found = {photo.public_id: photo for photo in Photo.objects.filter(public_id__in=ids)}
    return tuple(photo_row(found[one]) for one in ids if one in found)


def photo_row(photo: Photo) -> PhotoRow:
    """A photo with its addresses."""
    return PhotoRow(
        photo.public_id, photo.width, photo.height, photo.colour,
        photo_address(photo.public_id, "s"), photo_address(photo.public_id, "m"),
        photo_address(photo.public_id, "l"),
    )  # fmt: skip


def photo_address(photo_id: str, size: str) -> str:
    """Where a size of a photo is served."""
    return f"/photo/{photo_id}/{size}.webp"


def ad_for(*, ad_id: str, actor: Actor) -> AdRow | None:
    """The ad as this actor may see it: everybody a live one, its owner and the desk any.

    The owner and the desk see the newest version, everybody else the visible one.
    """
    ad = (
        Ad.objects.select_related("seller", "live", "current").filter(public_id=ad_id).first()
        if len(ad_id) <= 16
        else None
    )
    if ad is None or ad.current is None:
        return None
    is_own = bool(actor.id) and ad.seller.public_id == actor.id
    if not is_own and not actor.can("desk.view") and ad.state != "live":
        return None
    shown = ad.live if ad.live is not None and not is_own else ad.current
    return _row(ad, shown, is_own)


def state_of(ad_id: str) -> str:
    """The state of an ad whoever asks, empty when there never was one: gone ads answer 410."""
    found = Ad.objects.filter(public_id=ad_id[:16]).exclude(published_at=None).values_list("state", flat=True).first()
    return found or ""


def _row(ad: Ad, shown: Revision, is_own: bool) -> AdRow:
    known = catalogue.current()
    category = known.category_by_pk[shown.category_id]
    pending = ad.current.number if ad.current and ad.live_id and ad.current_id != ad.live_id else 0
    return AdRow(
        ad.public_id, ad.pk, ad.state, shown.title, shown.body, shown.price_minor, shown.currency,
        shown.price_type, known.place_by_pk[shown.place_id], category, shown.attributes,
        facts(category, shown.attributes), photo_rows(shown.photos), ad.seller.public_id,
        ad.seller.display_name, ad.seller.created_at, shown.number, shown.verdict, ad.created_at,
        ad.published_at, ad.expires_at, is_own, pending if is_own else 0, ad.external_id,
    )  # fmt: skip


def facts(category: CategoryRow, attributes: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The attributes as people read them: label and value, in the category's order."""
    shown = []
    for spec in category.specs:
        if spec.key in attributes:
            kind = field_type(spec.type)
            shown.append((spec.label, str(kind.format(kind.from_json(attributes[spec.key], spec), spec))))
    return tuple(shown)


def contact_point(ad_id: str) -> ContactPoint | None:
    """What is needed to answer an ad; None when there is no such ad."""
    ad = Ad.objects.select_related("seller", "live", "current").filter(public_id=ad_id).first()
    revision = (ad.live or ad.current) if ad else None
    if ad is None or revision is None:
        return None
    known = catalogue.current()
    place = known.place_by_pk[revision.place_id]
    return ContactPoint(
        ad.pk, ad.public_id, revision.title, ad.path, ad.seller.public_id, ad.seller.display_name,
        known.category_by_pk[revision.category_id].slug, place.code, place.country, ad.state == "live",
        photo_address(revision.photos[0], "s") if revision.photos else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in an ad's history, for its owner and the desk."""

    number: int
    title: str
    body: str
    verdict: str
    submission_id: str
    created_at: datetime
    is_live: bool


def versions(*, ad_id: str, actor: Actor) -> list[VersionRow]:
    """Every version of an ad, newest first; empty for anybody but its owner and the desk."""
    ad = Ad.objects.select_related("seller").filter(public_id=ad_id).first()
    if ad is None or (ad.seller.public_id != actor.id and not actor.can("desk.view")):
        return []
    return [
        VersionRow(one.number, one.title, one.body, one.verdict, one.submission_id, one.created_at,
                   one.pk == ad.live_id)
        for one in ad.revisions.order_by("-number")[:100]
    ]  # fmt: skip
