"""What buyers see of a seller, and the seller's ads."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext_noop

from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.market import registry
from fairboard.market.models import Ad
from fairboard.market.queries.plan import COLUMNS, CardRow, card, run
from fairboard.people.queries import has_confirmed_address, joined_at, names_of
from fairboard.safety.queries.traders import is_verified_trader

KEPT_SECONDS = 60
"""What is said of a seller is a minute old at most: the page of an ad is the busiest there is."""
MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class SellerCard:
    """What an ad's page says of its seller: what was verified, how they answer, how many ads are online."""

    badges: tuple[str, ...]
    facts: tuple[registry.Fact, ...]
    ads_live: int


@dataclass(frozen=True, slots=True)
class SellerPage:
    """A seller with a page of their ads, newest first."""

    id: str
    name: str
    since: datetime
    card: SellerCard
    ads: Page[CardRow]


def seller_card(member_id: str) -> SellerCard:
    """What is said of a seller, at most a minute old."""
    key = f"seller:{member_id}"
    found: SellerCard | None = cache.get(key)
    if found is None:
        found = _card(member_id)
        cache.set(key, found, KEPT_SECONDS)
    return found


def seller_page(member_id: str, *, cursor: str = "", size: int = 24) -> SellerPage | None:
    """A seller's page; None when there is no such member, or none with an ad online."""
    since = joined_at({member_id}).get(member_id)
    if since is None:
        return None
    ads = _ads(member_id, cursor, size)
    if not ads.items and not cursor:
        return None
    return SellerPage(member_id, names_of({member_id})[member_id], since, seller_card(member_id), ads)


def _card(member_id: str) -> SellerCard:
    badges = []
    if has_confirmed_address(member_id):
        badges.append(gettext_noop("E-mail confirmed"))
    if is_verified_trader(member_id):
        badges.append(gettext_noop("Business verified"))
    live = Ad.objects.filter(seller__public_id=member_id, state="live").order_by("-pk")[:MOST_COUNTED].count()
    return SellerCard((*badges, *registry.badges_of(member_id)), tuple(registry.facts_of(member_id)), live)


def _ads(member_id: str, cursor: str, size: int) -> Page[CardRow]:
    before = decode_cursor(cursor, [int])[0] if cursor else 2**63 - 1
    rows = run(
        f"SELECT {COLUMNS} FROM market_card AS c JOIN market_ad AS a ON a.id = c.ad_id "
        "JOIN people_member AS s ON s.id = a.seller_id "
        "WHERE s.public_id = %s AND c.position < %s ORDER BY c.position DESC LIMIT %s",
        [member_id, before, size + 1],
    )
    more = encode_cursor(rows[size - 1][12]) if len(rows) > size else ""
    return Page([card(row) for row in rows[:size]], next_cursor=more)
