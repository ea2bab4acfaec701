"""Errors: a page for people, problem details for programs, and no 500 for what a stranger can type."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client, RequestFactory

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, TooMany
from fairboard.market.services import lifecycle
from fairboard.web.errors import answer
from tests.people import client_of

ZERO = "a\x00b"


def test_a_page_that_is_not_there_is_said_in_words(db: None) -> None:
    found = Client().get("/nowhere")
    assert (found.status_code, found["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing at this address" in found.content.decode()


def test_a_program_gets_problem_details(db: None) -> None:
    found = Client().get("/api/v1/ads/0000000000000000")
    assert (found.status_code, found["Content-Type"]) == (404, "application/problem+json")
    body = json.loads(found.content)
    assert (body["status"], body["code"], body["instance"]) == (404, "not-found", "/api/v1/ads/0000000000000000")


@pytest.mark.parametrize("path", ["/talk", "/api/v1/talk"])
def test_a_limit_says_when_to_come_back(db: None, path: str) -> None:
    found = answer(RequestFactory().get(path), TooMany("Too often.", retry_after=42))
    assert (found.status_code, found["Retry-After"]) == (429, "42")
    assert "Too often." in found.content.decode()


def test_a_browser_asks_again_for_an_ad_that_was_gone(live_ad: Any, seller: Actor, now: datetime) -> None:
    lifecycle.withdraw(actor=seller, ad_id=live_ad.ad_id, at=now)
    found = Client().get(f"/ad/{live_ad.ad_id}")
    assert (found.status_code, found["Cache-Control"]) == (410, "no-cache")


def test_what_somebody_typed_is_no_markup_on_an_error_page(db: None) -> None:
    found = answer(RequestFactory().get("/x"), Invalid("<script>alert(1)</script> is not a mail address."))
    assert "<script>alert(1)" not in found.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=", "/search?cursor=", "/places?q=", "/places/options?place=", "/post?title=", "/my/ads?state=",
        "/my/ads?cursor=", "/desk/?queue=", "/desk/ledger?kind=", "/desk/ledger?subject=", "/account/members?cursor=",
        "/account/link/", "/in/", "/api/v1/ads?q=", "/api/v1/events?subject_kind=", "/api/v1/events?subject_id=",
    ],
)  # fmt: skip
def test_a_zero_byte_in_an_address_is_the_callers_mistake(admin: Actor, path: str) -> None:
    assert client_of(admin).get(f"{path}a%00b", follow=True).status_code < 500


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/account/", {"revoke": ZERO}), ("/account/members", {"member": ZERO, "role": "sales"}),
        ("/account/members", {"member": "x", "role": ZERO}), ("/language", {"language": ZERO, "next": ZERO}),
    ],
)  # fmt: skip
def test_a_zero_byte_in_a_form_is_the_senders_mistake(admin: Actor, path: str, typed: dict[str, Any]) -> None:
    assert client_of(admin).post(path, typed).status_code < 500
