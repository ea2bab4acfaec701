"""Shapes of the market's API."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema

PublicId = Annotated[str, Field(max_length=16, pattern=r"^[0-9a-z]+$")]
Text = Annotated[str, Field(pattern=r"^[^\u0000]*$")]


class ReasonOut(Schema):
    """Why the gate or the desk answered as it did; spans point into the text as it was written."""

    rule: str
    policy: str
    message: str
    spans: list[dict[str, Any]]


class VerdictOut(Schema):
    """What became of a version."""

    verdict: str
    reasons: list[ReasonOut]
    policies: list[str]
    decision: str = ""
    reason_text: str = ""


class CardOut(Schema):
    """An ad in a list. Prices are whole minor units (cents)."""

    id: str
    path: str
    title: str
    excerpt: str
    price_minor: int | None
    currency: str
    price_type: str
    place: str
    place_name: str
    category: str
    photo: str
    photos: int
    posted_at: datetime


class CardList(Schema):
    """A page of ads. Cursors are empty where there is no further page."""

    items: list[CardOut]
    next_cursor: str
    previous_cursor: str
    total: int | None = None
    total_is_capped: bool = False


class PhotoOut(Schema):
    """A photo with the addresses of its sizes."""

    id: str
    width: int
    height: int
    colour: str
    small: str
    medium: str
    large: str


class AdOut(Schema):
    """An ad. ``state`` and ``revision`` of one's own; of others only live ads are seen."""

    id: str
    path: str
    state: str
    title: str
    body: str
    price_minor: int | None
    currency: str
    price_type: str
    place: str
    place_name: str
    category: str
    attributes: dict[str, Any]
    photos: list[PhotoOut]
    seller: str
    seller_name: str
    revision: int
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    is_own: bool


class AdIn(BodySchema):
    """An ad to be placed. ``price`` is in major units: 120 or "120.50"."""

    title: Text
    body: Text
    category: Text
    place: Text
    price: Decimal | Text | None = None
    price_type: Text = "fixed"
    currency: Text = ""
    attributes: dict[str, Any] = {}
    photos: list[PublicId] = []


class SubmittedOut(Schema):
    """What became of a submission."""

    id: str
    path: str
    state: str
    verdict: str
    reasons: list[ReasonOut]
    revision: int


class OwnAdOut(Schema):
    """One of one's own ads."""

    id: str
    path: str
    title: str
    state: str
    price_minor: int | None
    currency: str
    price_type: str
    place_name: str
    category_name: str
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    verdict: str
    has_pending: bool
    decision_id: str
    views: int
    replies: int | None


class OwnAdList(Schema):
    """A page of one's own ads."""

    items: list[OwnAdOut]
    next_cursor: str


class VersionOut(Schema):
    """One version of an ad."""

    number: int
    title: str
    body: str
    verdict: str
    created_at: datetime
    is_live: bool


class PlaceOut(Schema):
    """A place."""

    code: str
    name: str
    label: str
    kind: str
    parent: str
    country: str
    currency: str
    latitude: float | None
    longitude: float | None
    population: int


class CategoryOut(Schema):
    """A category with what is asked for it: field specifications."""

    slug: str
    name: str
    parent: str
    icon: str
    hint: str
    price_types: list[str]
    attributes: list[dict[str, Any]]
    live_count: int
