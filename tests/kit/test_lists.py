"""Every list is a filter tree: the same conditions over its page and over the API, with the same rows."""

import json
from typing import Any

import pytest

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.market.services.posting import submit
from fairboard.safety.queries.cases import case_schema
from fairboard.talk.services.messages import reply
from fairboard.ui import listbar
from tests.api.client import Caller
from tests.market.drafts import bicycle, hidden_number
from tests.people import client_of

# List -> who reads it, its page, its endpoint, a condition on which one row is left, and what tells that row.
LISTS: dict[str, tuple[str, str, str, dict[str, Any], str]] = {
    "members": ("admin", "/account/members", "/members", {"field": "name", "op": "contains", "value": "bea"}, "Bea"),
    "ledger": ("admin", "/desk/ledger", "/events",
               {"field": "kind", "op": "eq", "value": "market.ad.submitted"}, "market.ad.submitted"),
    "own ads": ("seller", "/my/ads", "/me/ads",
                {"field": "title", "op": "contains", "value": "green"}, "Green bicycle"),
    "queue": ("admin", "/desk/", "/cases", {"field": "policy", "op": "eq", "value": "contact"}, "bicycle"),
    "inbox": ("seller", "/messages/", "/conversations",
              {"field": "title", "op": "contains", "value": "green"}, "Green bicycle"),
}  # fmt: skip


@pytest.fixture
def people(seller: Actor, buyer: Actor, admin: Actor) -> dict[str, Actor]:
    """A market with two ads, one held ad and two conversations."""
    now = clock.now()
    for title in ("Green bicycle", "Blue bicycle"):
        ad = submit(actor=seller, draft=bicycle(title=title), at=now)
        reply(actor=buyer, ad_id=ad.ad_id, text="Still there?", at=now)
    submit(actor=seller, draft=hidden_number(), at=now)
    return {"seller": seller, "admin": admin}


def address(tree: dict[str, Any]) -> dict[str, str]:
    name = tree["field"] if tree["op"] == "eq" else f"{tree['field']}.{tree['op']}"
    return {name: tree["value"]}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_narrowed_over_page_and_api_alike(people: dict[str, Actor], name: str) -> None:
    who, page, endpoint, tree, told = LISTS[name]
    caller, client = Caller(people[who]), client_of(people[who])
    (row,) = caller.get(endpoint, filter=json.dumps(tree)).json()["items"]
    assert told.lower() in json.dumps(row).lower()
    assert told in client.get(page, address(tree)).content.decode()
    nothing = {"not": {"or": [tree, {"not": tree}]}}
    assert caller.get(endpoint, filter=json.dumps(nothing)).json()["items"] == []


@pytest.mark.parametrize("name", LISTS)
def test_what_cannot_be_used_is_told_and_nothing_breaks(people: dict[str, Actor], name: str) -> None:
    who, page, endpoint, tree, _told = LISTS[name]
    caller, client = Caller(people[who]), client_of(people[who])
    for wrong in ("{", '{"field": "nope", "op": "eq", "value": 1}', json.dumps({**tree, "op": "near"})):
        answer = caller.get(endpoint, filter=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["field"].startswith("filter")
    assert client.get(page, {f"{tree['field']}.near": "x", "nope": "1", "joined.gte": "no date"}).status_code == 200


def test_the_typed_filter_stays_beside_its_error(people: dict[str, Actor]) -> None:
    page = client_of(people["admin"]).get("/account/members", {"joined.gte": "soon", "name.contains": "ada"})
    assert "Write a date such as 2026-12-31." in page.content.decode()
    assert 'value="ada"' in page.content.decode()


def test_who_may_not_see_addresses_cannot_search_by_them(people: dict[str, Actor], make_member: Any) -> None:
    by_mail = json.dumps({"field": "email", "op": "contains", "value": "bea@"})
    assert len(Caller(people["admin"]).get("/members", filter=by_mail).json()["items"]) == 1
    assert Caller(make_member("sal", role="sales")).get("/members", filter=by_mail).status_code == 422


def test_the_next_page_keeps_the_filter(people: dict[str, Actor], make_member: Any) -> None:
    for number in range(52):
        make_member(f"twin{number}")
    page = client_of(people["admin"]).get("/account/members", {"name.contains": "twin"}).content.decode()
    assert "?name.contains=twin&amp;cursor=" in page


def test_a_tab_alone_is_no_filter(people: dict[str, Actor]) -> None:
    client = client_of(people["seller"])
    on_a_tab = client.get("/my/ads", {"state": "sold"}).content.decode()
    assert "Nothing here yet." in on_a_tab
    assert '<details class="listbar" open>' not in on_a_tab
    narrowed = client.get("/my/ads", {"state": "live", "title.contains": "nothing like it"}).content.decode()
    assert "Nothing fits these filters." in narrowed
    assert '<details class="listbar" open>' in narrowed


def test_the_next_page_stays_on_the_tab_that_was_chosen_for_one(rf: Any) -> None:
    request = rf.get("/desk/", {"policy": "contact", "cursor": "old"})
    asked = from_query({"policy": ["contact"]}, case_schema())
    bar = listbar.context(request, case_schema(), asked, "new", tabs={"queue": "screening", "state": ""})
    assert bar["next_url"] == "?queue=screening&policy=contact&cursor=new"
    assert listbar.context(request, case_schema(), asked, "")["next_url"] == ""
