"""Joining over the API: sign up, confirm the address with the code of the mail, make a token, post, sign out."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.people.models import Member
from tests.market.drafts import BERLIN
from tests.web.test_permissions import patterns

AUTH = "/api/auth/app/v1"
PASSWORD = "three quiet green bicycles"
JOIN = {"email": "nora@example.org", "password": PASSWORD, "display_name": "Nora N."}
AD = {"title": "Red city bicycle", "body": "A comfortable bicycle, serviced last month.",
      "category": "vehicles/bicycles", "place": BERLIN, "price": 120}  # fmt: skip

pytestmark = pytest.mark.django_db


def send(method: str, path: str, body: Any = None, session: str = "") -> Any:
    headers = {"X-Session-Token": session} if session else {}
    if body is None:
        return getattr(Client(), method)(path, headers=headers)
    return getattr(Client(), method)(path, body, content_type="application/json", headers=headers)


def signed_up(outbox: list[Any]) -> str:
    """The session of somebody new whose address is confirmed."""
    begun = send("post", f"{AUTH}/auth/signup", JOIN)
    assert begun.status_code == 401, begun.content  # not yet: the address is to be confirmed
    session = begun.json()["meta"]["session_token"]
    code = re.search(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b", outbox[-1].body)
    assert code is not None, outbox[-1].body
    done = send("post", f"{AUTH}/auth/email/verify", {"key": code[0]}, session)
    assert done.status_code == 200, done.content
    return str(done.json()["meta"].get("session_token") or session)


def test_somebody_joins_posts_and_leaves(outbox: list[Any]) -> None:
    session = signed_up(outbox)
    me = send("get", "/api/v1/me", session=session).json()
    assert (me["email"], me["display_name"]) == ("nora@example.org", "Nora N.")
    placed = send("post", "/api/v1/ads", AD, session)
    assert (placed.status_code, placed.json()["verdict"]) == (201, "allow")
    token = send("post", "/api/v1/tokens", {"name": "mine"}, session).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/me/ads", headers=headers).json()["items"][0]["id"] == placed.json()["id"]
    assert send("delete", f"{AUTH}/auth/session", session=session).status_code == 401
    assert send("get", "/api/v1/me", session=session).status_code == 401


def test_joining_leaves_one_event(outbox: list[Any]) -> None:
    send("post", f"{AUTH}/auth/signup", JOIN)
    (event,) = Event.objects.filter(kind="people.member.joined")
    assert event.actor_name == "Nora N."


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no address"), ("password", "short"), ("display_name", ""), ("display_name", "x" * 61)],
)
def test_a_mistake_is_told_beside_its_field_and_makes_nobody(field: str, value: str) -> None:
    answer = send("post", f"{AUTH}/auth/signup", {**JOIN, field: value})
    assert answer.status_code == 400
    assert [error["param"] for error in answer.json()["errors"]] == [field]
    assert not Event.objects.filter(kind="people.member.joined").exists()


def test_a_session_that_is_none_is_told() -> None:
    answer = send("get", "/api/v1/me", session="made-up")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_staff_without_a_second_factor_get_no_further(moderator: Actor, settings: Any, outbox: list[Any]) -> None:
    member = Member.objects.get(public_id=moderator.id)
    member.set_password(PASSWORD)
    member.save()
    session = send("post", f"{AUTH}/auth/login", {"email": member.email, "password": PASSWORD}).json()["meta"][
        "session_token"
    ]
    assert send("get", "/api/v1/cases", session=session).status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    assert send("get", "/api/v1/cases", session=session).status_code == 403


def test_a_visitor_reaches_nothing_of_an_account() -> None:
    """Every endpoint of the library: without a session it tells what is open to anybody, or refuses."""
    open_to_all = {"config", "login_webauthn"}  # what the service can do; the challenge a passkey answers
    names = [name for name, _pattern in patterns(get_resolver()) if name.startswith("headless:")]
    assert len(names) > 15
    for name in names:
        if any(part in name for part in ("openapi", "browser")):
            continue
        answer = send("get", reverse(name))
        assert answer.status_code < 500, name
        assert (answer.status_code < 400) == (name.rsplit(":", 1)[1] in open_to_all), (name, answer.content)
