"""The addresses search engines are told of: live ads by ranges of their row ids, and places with ads.

A range holds at most as many ads as a sitemap may have (sitemaps.org: 50,000), so which ads a file names never needs a
count: the index hops from range to range by the key of the cards' ads, and a file is one range of that key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fairboard.kit.problems import NotFound
from fairboard.market import catalogue
from fairboard.market.models import Card
from fairboard.market.queries.ads import ad_path

MOST = 50_000
"""Addresses in a sitemap (sitemaps.org, protocol 0.9)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An address (a path) and when its page last changed."""

    path: str
    changed_at: datetime | None = None


def ad_parts() -> Iterator[int]:
    """The numbers of the sitemaps of ads that are not empty: one look into the key for each."""
    part = 0
    while True:
        ahead = Card.objects.filter(ad_id__gte=part * MOST).order_by("ad_id").values_list("ad_id", flat=True).first()
        if ahead is None:
            return
        part = ahead // MOST
        yield part
        part += 1


def ads(*, part: int) -> Iterator[Entry]:
    """The live ads of a part, the oldest first. One that a decision restricts has no card and is not named."""
    rows = (
        Card.objects.filter(ad_id__gte=part * MOST, ad_id__lt=(part + 1) * MOST)
        .order_by("ad_id")
        .values_list("public_id", "revision__created_at")
    )
    for public_id, changed_at in rows.iterator(chunk_size=2_000):
        yield Entry(ad_path(public_id), changed_at)


def place_parts() -> range:
    """The numbers of the sitemaps of places."""
    return range(-(-len(_pages()) // MOST))


def places(*, part: int) -> list[Entry]:
    """Lists of a part: every city with ads, and each category with ads there by its country; raises NotFound."""
    found = _pages()[part * MOST : (part + 1) * MOST]
    if part and not found:
        raise NotFound
    return [Entry(path) for path in found]


def _pages() -> list[str]:
    known = catalogue.current()
    cities = known.cities_by_ads
    countries = sorted({row.country.lower() for row in cities})
    used = [row.slug for row in known.categories.values() if row.parent and row.live_count]
    wide = [f"/in/{country}/" for country in countries]
    wide += [f"/in/{country}/for/{slug}/" for country in countries for slug in used]
    return [*wide, *(f"/in/{row.code}/" for row in cities)]
