"""Ads on their way out, as the import reads them."""

from collections.abc import Iterator
from typing import Any

from fairboard.kit import money
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.market import catalogue
from fairboard.market.models import Ad

COLUMNS = (
    "id", "external_id", "source", "state", "title", "body", "category", "place", "price", "currency", "price_type",
    "attributes", "seller", "published_at", "expires_at",
)  # fmt: skip


def exported(*, actor: Actor, state: str = "", chunk: int = 1_000) -> Iterator[dict[str, Any]]:
    """Every ad (of a state), oldest first; raises Forbidden without ``ads.export``. Read in keyset chunks."""
    if not actor.can("ads.export"):
        raise Forbidden
    found = Ad.objects.select_related("seller", "live", "current").exclude(current=None).order_by("pk")
    if state:
        found = found.filter(state=state)
    last = 0
    while rows := list(found.filter(pk__gt=last)[:chunk]):
        yield from map(_row, rows)
        last = rows[-1].pk


def _row(ad: Ad) -> dict[str, Any]:
    known = catalogue.current()
    shown = ad.live or ad.current
    assert shown is not None
    price = None if shown.price_minor is None else str(money.to_major(shown.price_minor, shown.currency))
    values = (
        ad.public_id, ad.external_id, ad.source, ad.state, shown.title, shown.body,
        known.category_by_pk[shown.category_id].slug, known.place_by_pk[shown.place_id].code, price, shown.currency,
        shown.price_type, shown.attributes, ad.seller.public_id,
        ad.published_at.isoformat() if ad.published_at else None,
        ad.expires_at.isoformat() if ad.expires_at else None,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))
