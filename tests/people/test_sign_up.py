"""Signing up: an account begins when the address is confirmed, and nobody learns who has one."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from fairboard.kit.actors import Actor
from fairboard.ledger.queries import timeline
from fairboard.people.models import Member
from tests.people import OPERATOR

NINA = {"email": "Nina@example.org", "display_name": "Nina", "password1": "four words in a row"}


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """django-allauth counts attempts in the cache."""
    cache.clear()


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/account/signup/", {**NINA, **changes})


def code_in(text: str) -> str:
    found = re.search(r"^[A-Z0-9-]{6,9}$", text, re.MULTILINE)
    assert found, text
    return found[0]


def test_the_code_in_the_mail_opens_the_account(outbox: list[Any]) -> None:
    client = Client()
    answer = sign_up(client)
    assert answer["Location"] == "/account/confirm-email/"
    assert client.get("/account/").status_code == 302
    (mail,) = outbox
    assert mail.to == ["nina@example.org"]
    client.post("/account/confirm-email/", {"code": code_in(mail.body)})
    page = client.get("/account/")
    assert page.status_code == 200
    assert "Nina" in page.content.decode()


def test_another_code_opens_nothing(outbox: list[Any]) -> None:
    client = Client()
    sign_up(client)
    client.post("/account/confirm-email/", {"code": "AAAAAA"})
    assert client.get("/account/").status_code == 302


def test_joining_is_one_event_of_the_new_member(outbox: list[Any]) -> None:
    sign_up(Client())
    member = Member.objects.get(email="nina@example.org")
    assert (member.display_name, member.role, member.language) == ("Nina", "member", "en")
    (event,) = timeline(actor=OPERATOR, subject_kind="member", subject_id=member.public_id).items
    assert (event.kind, event.actor_id) == ("people.member.joined", member.public_id)
    assert "nina@" not in str(event)


@pytest.mark.parametrize(("accepts", "language"), [("de-AT,de;q=0.9", "de"), ("tlh", "en"), ("en-GB", "en")])
def test_the_browsers_language_is_kept_for_mail(outbox: list[Any], accepts: str, language: str) -> None:
    sign_up(Client(headers={"accept-language": accepts}))
    assert Member.objects.get().language == language


def test_an_address_that_has_an_account_gets_the_same_answer(seller: Actor, outbox: list[Any]) -> None:
    new = sign_up(Client())
    known = sign_up(Client(), email="SAM@example.org", display_name="Not Sam")
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert Member.objects.filter(email__iexact="sam@example.org").count() == 1
    assert Member.objects.get(public_id=seller.id).display_name == "Sam"
    assert [one.lower() for one in outbox[-1].to] == ["sam@example.org"]
    assert "There is one already" in outbox[-1].body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nina"), ("email", ""), ("display_name", ""), ("display_name", "x" * 61), ("display_name", "a\x00b"),
        ("password1", "short"), ("password1", "password123"), ("password1", "nina@example.org"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(field: str, value: str) -> None:
    answer = sign_up(Client(), **{field: value})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert page.count('class="error"') == 1
    assert not Member.objects.exists()
