"""An ad as its page will show it, before it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from fairboard.kit.actors import Actor
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.queries.ads import AdRow, facts, photo_rows


class Written(Protocol):
    """An ad whose every value has its type, as `services.drafts.check` gives it."""

    @property
    def title(self) -> str:
        """The title."""
        ...

    @property
    def body(self) -> str:
        """The text."""
        ...

    @property
    def category(self) -> CategoryRow:
        """What it is about."""
        ...

    @property
    def place(self) -> PlaceRow:
        """Where it is."""
        ...

    @property
    def price_minor(self) -> int | None:
        """The price in minor units."""
        ...

    @property
    def currency(self) -> str:
        """The currency of the price."""
        ...

    @property
    def price_type(self) -> str:
        """The kind of price."""
        ...

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes as JSON keeps them."""
        ...

    @property
    def photos(self) -> Sequence[str]:
        """The ids of its photos."""
        ...


def preview_of(written: Written, *, actor: Actor, at: datetime) -> AdRow:
    """The row an ad's page would be made of at this moment; it has no id yet."""
    return AdRow(
        id="", pk=0, state="draft", title=written.title, body=written.body, price_minor=written.price_minor,
        currency=written.currency, price_type=written.price_type, place=written.place, category=written.category,
        attributes=written.attributes, facts=facts(written.category, written.attributes),
        photos=photo_rows(list(written.photos)), seller_id=actor.id, seller_name=actor.name, seller_since=at,
        revision=0, verdict="", created_at=at, published_at=at, expires_at=None, is_own=True,
    )  # fmt: skip
