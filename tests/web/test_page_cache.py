"""A visitor's page may come from memory, but never one that something has changed since."""

from datetime import datetime

import pytest
from django.test import Client, override_settings

from fairboard.kit.actors import Actor
from fairboard.market.services.lifecycle import withdraw
from fairboard.market.services.posting import submit
from tests.market.drafts import bicycle


@pytest.fixture
def cached() -> Client:
    with override_settings(MARKET_PAGE_CACHE_SECONDS=60):
        yield Client()  # type: ignore[misc]


def test_a_page_is_kept_until_something_changes(cached: Client, seller: Actor, now: datetime) -> None:
    path = "/in/de/berlin/"
    first = cached.get(path)
    again = cached.get(path)
    assert again.content == first.content
    assert int(again["Content-Length"]) == len(first.content)
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    ad = submit(actor=seller, draft=bicycle(title="Brand new bicycle"), at=now)
    assert b"Brand new bicycle" in cached.get(path).content
    withdraw(actor=seller, ad_id=ad.ad_id, at=now)
    assert b"Brand new bicycle" not in cached.get(path).content


def test_a_members_page_is_never_kept(cached: Client, seller: Actor, signed_in: object) -> None:
    assert callable(signed_in)
    member = signed_in(seller)
    assert b"Sam" in member.get("/").content
    assert b"Sam" not in cached.get("/").content
