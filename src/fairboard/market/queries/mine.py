"""A member's own ads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.market import catalogue
from fairboard.market.models import Ad
from fairboard.market.queries.ads import photo_address
from fairboard.market.queries.views import AdFigures, figures_of
from fairboard.safety.queries.standing import withheld_among
from fairboard.safety.queries.verdicts import refusals_among

STATES = (
    Choice("live", "Live"),
    Choice("in_review", "Being looked at"),
    Choice("removed", "Refused"),
    Choice("expired", "Expired"),
    Choice("sold", "Sold"),
    Choice("withdrawn", "Withdrawn"),
)
TABS = (
    ("", _("All")),
    ("draft", _("Drafts")),
    ("live", _("Live")),
    ("in_review", _("Being looked at")),
    ("removed", _("Refused")),
    ("expired", _("Expired")),
    ("sold", _("Sold")),
    ("withdrawn", _("Withdrawn")),
)


@dataclass(frozen=True, slots=True)
class OwnAdRow:
    """One of a member's ads in the list of them."""

    id: str
    path: str
    title: str
    state: str
    price_minor: int | None
    currency: str
    price_type: str
    place_name: str
    category_name: str
    photo: str
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    verdict: str
    has_pending: bool
    is_withheld: bool
    """Out of sight only because of the standing of the account."""
    decision_id: str
    """The decision that refuses or restricts the current version; empty where there is none."""
    views: int
    replies: int | None
    """People who answered it; None where no room counts them."""


SCHEMA = Schema(
    {
        "state": Column(
            FieldSpec("state", "State", "choice", choices=STATES),
            "market_ad.state",
        ),
        "title": Column(FieldSpec("title", "Title", "text"), "market_revision.title"),
        "id": Column(FieldSpec("id", "Your id", "text"), "market_ad.external_id", exact=True),
    }
)
"""What one's own ads can be filtered by."""


def own_ads(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 20) -> Page[OwnAdRow]:
    """The actor's ads of a filter, newest first."""
    found = Ad.objects.select_related("current").filter(seller__public_id=actor.id, deleted_at=None)
    found = found.exclude(current=None)
    found = narrowed(found, tree, SCHEMA)
    if cursor:
        (before,) = decode_cursor(cursor, [int])
        found = found.filter(pk__lt=before)
    ads = list(found.order_by("-pk")[: size + 1])
    more = encode_cursor(ads[size - 1].pk) if len(ads) > size else ""
    withheld = withheld_among(kind="ad", subject_ids=[ad.public_id for ad in ads if ad.state == "removed"])
    refused = refusals_among([ad.current.submission_id for ad in ads if ad.current])
    figures = figures_of([ad.public_id for ad in ads[:size]])
    rows = [_row(ad, ad.public_id in withheld, refused, figures[ad.public_id]) for ad in ads[:size]]
    return Page(rows, next_cursor=more)


def counts(*, actor: Actor) -> dict[str, int]:
    """How many ads the actor has in each state; the empty key holds all."""
    by_state = dict(
        Ad.objects.filter(seller__public_id=actor.id, deleted_at=None).exclude(current=None)
        .values_list("state").annotate(n=Count("pk"))
    )  # fmt: skip
    return {**by_state, "": sum(by_state.values())}


def _row(ad: Ad, is_withheld: bool, refused: Mapping[str, str], figures: AdFigures) -> OwnAdRow:
    known = catalogue.current()
    shown = ad.current
    assert shown is not None
    return OwnAdRow(
        ad.public_id, ad.path, shown.title, ad.state, shown.price_minor, shown.currency, shown.price_type,
        known.place_by_pk[shown.place_id].label, known.category_by_pk[shown.category_id].name,
        photo_address(shown.photos[0], "s") if shown.photos else "", ad.created_at, ad.published_at,
        ad.expires_at, shown.verdict, ad.live_id is not None and ad.live_id != ad.current_id,
        is_withheld and shown.verdict == "allow", refused.get(shown.submission_id, ""), figures.views,
        figures.replies,
    )  # fmt: skip
