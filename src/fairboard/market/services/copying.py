"""A new draft that says what an ad says."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import money
from fairboard.kit.ids import new_id
from fairboard.kit.problems import NotFound
from fairboard.market import catalogue
from fairboard.market.models import Ad, Photo, Revision
from fairboard.market.services.saving import Holder, save_draft


def copy_to_draft(*, holder: Holder, ad_id: str, at: datetime) -> str:
    """Begin a draft with the words, attributes and photos of one's own ad; returns its id. Raises NotFound.

    The photos become rows of their own: each ad shows and hides its own.
    """
    own = Ad.objects.select_related("current").filter(public_id=ad_id[:16], deleted_at=None)
    ad = own.filter(seller__public_id=holder.actor.id).first() if holder.actor.id else None
    if ad is None or ad.current is None:
        raise NotFound(_("You have no such ad."))
    with transaction.atomic():
        photos = _copied(ad.current.photos, ad.seller_id, at)
        return save_draft(holder=holder, values=typed_values(ad.current), photos=photos, at=at)


def typed_values(revision: Revision) -> dict[str, Any]:
    """A revision as its form would have it typed."""
    known = catalogue.current()
    price = revision.price_minor
    values: dict[str, Any] = {
        "title": revision.title, "body": revision.body, "price_type": revision.price_type,
        "category": known.category_by_pk[revision.category_id].slug,
        "place": known.place_by_pk[revision.place_id].label,
        "price": f"{money.to_major(price, revision.currency)}".removesuffix(".00") if price else "",
    }  # fmt: skip
    for key, value in revision.attributes.items():
        if isinstance(value, bool):
            value = "yes" if value else "no"
        values[f"attributes.{key}"] = value if isinstance(value, list) else str(value)
    return values


def _copied(ids: list[str], owner: int, at: datetime) -> list[str]:
    found = {photo.public_id: photo for photo in Photo.objects.filter(public_id__in=ids, owner_id=owner)}
    made = []
    for one in ids:
        photo = found.get(one)
        if photo is None:
            continue
        photo.pk, photo.public_id, photo.created_at = None, new_id(), at
        photo.ad, photo.draft, photo.is_public = None, None, False
        photo._state.adding = True
        photo.save()
        made.append(photo.public_id)
    return made
