"""What the market holds of a member, as files of the copy they may ask for."""

from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage

from fairboard.kit import money
from fairboard.market import catalogue
from fairboard.market.models import Ad, Photo, Revision, SavedDraft
from fairboard.market.pictures import path_of
from fairboard.market.queries.views import figures_of
from fairboard.people.queries_own_data import as_json


def copies(member_id: str) -> Iterator[tuple[str, bytes]]:
    """Ads with every version, photos in their largest size, drafts."""
    ads = list(Ad.objects.filter(seller__public_id=member_id).order_by("pk"))
    figures = figures_of([ad.public_id for ad in ads])
    yield "ads.json", as_json([
        {
            "id": ad.public_id, "state": ad.state, "written": ad.created_at, "published": ad.published_at,
            "ends": ad.expires_at, "deleted": ad.deleted_at, "views": figures[ad.public_id].views,
            "versions": [_version(one) for one in ad.revisions.order_by("number")],
        }
        for ad in ads
    ])  # fmt: skip
    drafts = SavedDraft.objects.filter(owner__public_id=member_id).order_by("pk")
    yield "drafts.json", as_json([
        {"begun": one.created_at, "changed": one.updated_at, "typed": one.values, "photos": one.photos}
        for one in drafts
    ])  # fmt: skip
    for photo in Photo.objects.filter(owner__public_id=member_id).order_by("pk").iterator():
        try:
            with default_storage.open(path_of(photo.key, "l")) as stream:
                yield f"photos/{photo.public_id}.webp", stream.read()
        except FileNotFoundError:
            continue


def _version(one: Revision) -> dict[str, Any]:
    known = catalogue.current()
    price = None if one.price_minor is None else str(money.to_major(one.price_minor, one.currency))
    category = known.category_by_pk.get(one.category_id)
    return {
        "number": one.number, "at": one.created_at, "title": one.title, "text": one.body, "price": price,
        "currency": one.currency, "kind_of_price": one.price_type, "place": known.place_by_pk[one.place_id].code,
        "category": category.slug if category else "", "attributes": one.attributes, "photos": one.photos,
        "verdict": one.verdict,
    }  # fmt: skip
