"""Staff use nothing of the site before they have a second factor; members are not bothered."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.people.models import Token
from fairboard.people.services.links import create_sign_in_link
from tests.people import OPERATOR, client_of


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    """As in production."""
    settings.STAFF_SECOND_FACTOR = True


def test_members_are_not_asked_for_one(seller: Actor) -> None:
    client = client_of(seller)
    assert client.get("/my/ads").status_code == 200
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/desk/", "/account/", "/account/members", "/api/v1/members", "/my/ads"])
def test_staff_without_one_are_sent_to_set_it_up(admin: Actor, path: str) -> None:
    answer = client_of(admin).get(path)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))


def test_staff_without_one_make_no_token_and_give_no_role(admin: Actor, seller: Actor) -> None:
    client = client_of(admin)
    client.post("/account/", {"name": "x"})
    client.post("/account/members", {"member": seller.id, "role": "admin"})
    assert not Token.objects.exists()
    assert client_of(seller).get("/account/members").status_code == 403


def test_staff_who_came_by_a_link_set_one_up_and_go_on(admin: Actor) -> None:
    client = Client()
    client.post(create_sign_in_link(actor=OPERATOR, member_id=admin.id, at=clock.now()).path)
    assert client.get(reverse("mfa_index")).status_code == 200
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = client.session[auth.SECRET_SESSION_KEY]
    code = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    assert re.fullmatch(r"\d{6}", code)
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert client.get("/account/members").status_code == 200


def test_staff_may_always_leave_and_choose_a_language(admin: Actor) -> None:
    client = client_of(admin)
    assert client.get(reverse("web:language")).status_code == 200
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert client.get("/").status_code == 200
