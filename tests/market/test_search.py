"""Searching: words, place, category, attributes and price together; every order; every page once."""

from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import pytest

from fairboard.kit.actors import Actor
from fairboard.market import catalogue
from fairboard.market.queries import by_price
from fairboard.market.queries import search as search_module
from fairboard.market.queries.address import wanted_from
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import count, search
from fairboard.market.services.bulk import Row, submit_many
from tests.market.drafts import bicycle

PRICES = ["0.5", "7", "7.25", "12", "12.50", "99", "100", "120", "1,999", "250000", "9.99", "10"]


@pytest.fixture
def market(seller: Actor, now: datetime) -> list[Any]:
    """Sixty bicycles of all prices and sizes."""
    random = Random(3)
    rows = [
        Row(
            bicycle(
                title=f"{random.choice(['Red', 'Blue'])} bicycle number {number}", price=PRICES[number % len(PRICES)],
                place=random.choice(["de/berlin", "de/berlin/kreuzberg", "gb/london"]),
                attributes={"frame": 48 + number % 12, "electric": number % 2 == 0},
            ),
            seller, f"{number}", "test",
        )
        for number in range(60)
    ]  # fmt: skip
    outcomes = submit_many(rows=rows, at=now, actor=Actor.system("tests"))
    assert {outcome.state for outcome in outcomes} == {"live"}
    return rows


def wanted(place: str = "", category: str = "vehicles/bicycles", **params: Any) -> Search:
    known = catalogue.current()
    given = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in params.items()}
    read = wanted_from(given, known.places.get(place), known.categories.get(category), 7)
    assert not read.query.errors
    return read.search


def every(asked: Search) -> list[Any]:
    """All pages, following the cursors."""
    found = []
    while True:
        page = search(asked)
        found += page.items
        if not page.next_cursor:
            return found
        asked = replace(asked, cursor=page.next_cursor)


@pytest.mark.parametrize("sort", ["newest", "price", "-price", "relevance"])
def test_every_page_holds_other_ads_and_all_are_there(market: list[Any], sort: str) -> None:
    cards = every(wanted(q="bicycle", sort=sort))
    assert len({card.id for card in cards}) == len(cards) == 60


@pytest.mark.parametrize("few", [0, 2_000], ids=["bucket by bucket", "sorted"])
@pytest.mark.parametrize("sort", ["price", "-price"])
def test_the_order_of_prices(market: list[Any], sort: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_price, "FEW", few)
    prices = [card.price_minor for card in every(wanted(q="bicycle", sort=sort))]
    assert prices == sorted(prices, reverse=sort == "-price")
    assert len(prices) == 60


@pytest.mark.parametrize("few", [0, 2000])
@pytest.mark.parametrize("sort", ["price", "-price"])
@pytest.mark.parametrize(
    "bounds", [("100", ""), ("", "100"), ("9.5", "1200"), ("120", "120"), ("0", "0"), ("500", "100")]
)
def test_the_order_of_prices_within_a_range(
    market: list[Any], bounds: tuple[str, str], sort: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, high = bounds
    asked = {name: value for name, value in (("price__gte", low), ("price__lte", high)) if value}
    expected = sorted(card.price_minor for card in every(wanted(q="bicycle", **asked)) if card.price_minor is not None)
    monkeypatch.setattr(by_price, "FEW", few)
    prices = [card.price_minor for card in every(wanted(q="bicycle", sort=sort, **asked))]
    assert prices == (expected if sort == "price" else expected[::-1])


def test_filters_narrow_together(market: list[Any]) -> None:
    cards = every(wanted("de/berlin", q="red", frame__gte="50", electric="yes", price__lte="100"))
    expected = [
        row for row in market
        if row.draft.place.startswith("de/berlin") and row.draft.title.startswith("Red")
        and row.draft.attributes["frame"] >= 50 and row.draft.attributes["electric"]
        and float(row.draft.price.replace(",", "")) <= 100
    ]  # fmt: skip
    assert {card.title for card in cards} == {row.draft.title for row in expected}
    assert expected


@pytest.mark.parametrize("window", [1, 9, 1_000], ids=["index", "both", "first matches"])
@pytest.mark.parametrize(
    "asked", [{"price__lte": "10"}, {"price__gte": "120"}, {"electric": "yes", "frame__gte": "55"}, {"frame": "49"},
              {"price__gte": "300000"}],
)  # fmt: skip
def test_a_filter_leaves_the_same_ads_however_it_is_looked_through(
    market: list[Any], window: int, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "WINDOW", window)
    cards = every(wanted(q="bicycle", **asked))
    assert [card.position for card in cards] == sorted({card.position for card in cards}, reverse=True)
    ids = {card.id for card in cards}
    every_one = every(wanted(q="bicycle"))
    kept = {card.id for card in every_one if card.id in {one.id for one in every(wanted(sort="price", **asked))}}
    assert ids == kept
    page = search(wanted(q="bicycle", **asked))
    if page.next_cursor:
        following = search(replace(wanted(q="bicycle", **asked), cursor=page.next_cursor))
        back = search(replace(wanted(q="bicycle", **asked), cursor=following.previous_cursor))
        assert [card.id for card in back.items] == [card.id for card in page.items]


def test_a_city_holds_its_districts(market: list[Any]) -> None:
    inside = {card.place for card in every(wanted("de/berlin"))}
    assert inside == {"de/berlin", "de/berlin/kreuzberg"}
    assert {card.place for card in every(wanted("de/berlin/kreuzberg"))} == {"de/berlin/kreuzberg"}


def test_going_back_shows_the_page_before(market: list[Any]) -> None:
    first = search(wanted(q="bicycle"))
    second = search(replace(wanted(q="bicycle"), cursor=first.next_cursor))
    back = search(replace(wanted(q="bicycle"), cursor=second.previous_cursor))
    assert [card.id for card in back.items] == [card.id for card in first.items]


def test_counts_stop_at_their_cap(market: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert count(wanted(q="bicycle")) == (60, False)
    monkeypatch.setattr(search_module, "COUNT_CAP", 10)
    assert count(wanted(q="bicycle")) == (10, True)


def test_words_in_the_title_come_first(seller: Actor, now: datetime, market: list[Any]) -> None:
    from fairboard.market.services.posting import submit

    submit(actor=seller, draft=bicycle(title="Lamp", body="A lamp that was beside a quixotic chair."), at=now)
    best = submit(actor=seller, draft=bicycle(title="Quixotic chair", body="A chair like no other one."), at=now)
    submit(actor=seller, draft=bicycle(title="Table", body="The table that stood by a quixotic chair."), at=now)
    assert search(wanted(q="quixotic chair", sort="relevance")).items[0].id == best.ad_id


@pytest.mark.parametrize(
    "words", ['"', "*", "a AND b", "NEAR(", "-x", "(", "col:", "'; DROP TABLE x", "\x00", "ünï 日本"]
)
def test_no_words_break_the_index(db: None, words: str) -> None:
    assert search(Search(words=words)).items == []
