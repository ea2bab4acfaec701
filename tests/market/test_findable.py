"""What search engines find: sitemaps, addresses by language, and every ad in schema.org's words."""

import json
import re
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from fairboard.fields import FieldSpec
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.market import catalogue
from fairboard.market.models import Category, Place
from fairboard.market.queries import sitemaps
from fairboard.market.queries.ads import AdRow, ad_for
from fairboard.market.queries.structured import ad_node
from fairboard.market.services.lifecycle import withdraw
from fairboard.market.services.posting import Submitted, submit
from tests.market.drafts import bicycle
from tests.market.vocabulary import mistakes

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
LEAST = {
    "Product": {"name", "offers"}, "Vehicle": {"name", "offers"}, "RealEstateListing": {"datePosted", "about"},
    "JobPosting": {"title", "datePosted", "hiringOrganization", "jobLocation", "description", "validThrough"},
    "Service": {"serviceType", "provider", "areaServed"}, "Event": {"location"},
}  # fmt: skip


def addresses(client: Client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, path
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return [loc.text or "" for loc in ElementTree.fromstring(body).iter(f"{SPACE}loc")]


def data_of(client: Client, path: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in DATA.findall(client.get(path).content.decode())]


def sample(spec: FieldSpec) -> Any:
    """A value of an attribute as it is kept."""
    if spec.type == "choice":
        return spec.choices[0].key
    if spec.type == "multichoice":
        return [spec.choices[0].key]
    values: dict[str, Any] = {"number": max(2, int(spec.minimum or 0)), "yesno": True, "date": "2027-03-01"}
    return values.get(spec.type, "Sample" if spec.type == "text" else None)


def filled(row: AdRow, slug: str) -> AdRow:
    category = catalogue.current().categories[slug]
    attributes = {spec.key: sample(spec) for spec in category.specs if sample(spec) is not None}
    return replace(row, category=category, attributes=attributes)


def test_an_ad_of_every_category_is_told_in_the_vocabulary(live_ad: Submitted) -> None:
    row = ad_for(ad_id=live_ad.ad_id, actor=ANONYMOUS)
    assert row is not None
    seen = set()
    for slug, category in catalogue.current().categories.items():
        if not category.parent:
            continue
        for one in (filled(row, slug), replace(filled(row, slug), attributes={}, price_minor=None)):
            node = ad_node(one)
            assert mistakes(node) == [], slug
        full = ad_node(filled(row, slug))
        assert LEAST[full["@type"]] <= set(full), slug
        seen.add(full["@type"])
    assert seen == set(LEAST)


def test_the_check_of_the_vocabulary_finds_what_is_wrong() -> None:
    assert mistakes({"@type": "Product", "colour": "red"})
    assert mistakes({"@type": "Vehicle", "numberOfDoors": "five"})
    assert mistakes({"@type": "Product", "offers": {"@type": "Person", "name": "A"}})


def test_the_pages_of_ads_lists_and_home_carry_valid_data(client: Client, live_ad: Submitted) -> None:
    for path, kinds in (
        (live_ad.path, {"Product", "BreadcrumbList"}),
        ("/in/de/berlin/for/vehicles/bicycles/", {"BreadcrumbList"}),
        ("/", {"Organization", "WebSite"}),
    ):
        nodes = data_of(client, path)
        assert {node["@type"] for node in nodes} == kinds, path
        assert [mistakes(node) for node in nodes] == [[]] * len(nodes), path


def test_a_title_cannot_end_the_data_block(client: Client, seller: Actor, now: datetime) -> None:
    title = "Bicycle </script><script>alert(1)</script>"
    done = submit(actor=seller, draft=bicycle(title=title), at=now)
    page = client.get(done.path).content.decode()
    assert "<script>alert" not in page
    assert data_of(client, done.path)[-1]["name"] == title or data_of(client, done.path)[0]["name"] == title


def test_sitemaps_name_live_ads_and_their_places_only(
    client: Client, seller: Actor, live_ad: Submitted, now: datetime
) -> None:
    gone = submit(actor=seller, draft=bicycle(title="Another bicycle, a blue one"), at=now)
    parts = addresses(client, "/sitemap.xml")
    ads = [one for one in parts if "/sitemaps/ads-" in one]
    assert len(ads) == 1
    part = ads[0].removeprefix(settings.BASE_URL)
    base = settings.BASE_URL
    assert set(addresses(client, part)) == {f"{base}{live_ad.path}", f"{base}{gone.path}"}
    withdraw(actor=seller, ad_id=gone.ad_id, at=now)
    assert addresses(client, part) == [f"{base}{live_ad.path}"]
    assert client.get("/sitemaps/places-99.xml").status_code == 404
    assert addresses(client, "/sitemaps/ads-99999999999999999999.xml") == []


def test_the_sitemap_of_places_names_cities_with_ads_and_used_categories(client: Client) -> None:
    Place.objects.filter(code="de/berlin").update(live_count=3)
    Category.objects.filter(slug="vehicles/bicycles").update(live_count=3)
    catalogue.reload()
    named = {one.removeprefix(settings.BASE_URL) for one in addresses(client, "/sitemaps/places-0.xml")}
    assert named == {"/in/de/", "/in/de/for/vehicles/bicycles/", "/in/de/berlin/"}
    assert all(client.get(path).status_code == 200 for path in named)
    catalogue.reload()


def test_sitemaps_are_split_and_skip_empty_ranges(
    seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "MOST", 2)
    made = [submit(actor=seller, draft=bicycle(title=f"Bicycle number {n}"), at=now) for n in range(7)]
    for one in made[2:5]:
        withdraw(actor=seller, ad_id=one.ad_id, at=now)
    kept = {one.path for one in (*made[:2], *made[5:])}
    parts = list(sitemaps.ad_parts())
    named = [[entry.path for entry in sitemaps.ads(part=part)] for part in parts]
    assert all(0 < len(one) <= 2 for one in named)
    assert {path for one in named for path in one} == kept


def test_every_language_has_an_address(client: Client, live_ad: Submitted) -> None:
    page = unescape(client.get(live_ad.path).content.decode())
    address = settings.BASE_URL + live_ad.path
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'hreflang="de" href="{address}?lang=de"' in page
    assert f'hreflang="x-default" href="{address}"' in page
    german = unescape(client.get(f"{live_ad.path}?lang=de").content.decode())
    assert '<html lang="de">' in german
    assert f'<link rel="canonical" href="{address}?lang=de">' in german
    assert '<html lang="en">' in client.get(f"{live_ad.path}?lang=xx").content.decode()


def test_robots_are_kept_from_what_is_private(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text
    assert {"Disallow: /account/", "Disallow: /desk/", "Disallow: /crm/"} <= set(text.splitlines())
