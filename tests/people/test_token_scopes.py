"""Tokens with fewer rights than their owner: made on the account page and over the API."""

import pytest

from fairboard.kit.actors import Actor
from fairboard.people.models import Token
from tests.api.client import Caller
from tests.people import client_of

pytestmark = pytest.mark.django_db


def test_a_token_is_made_with_chosen_scopes(admin: Actor) -> None:
    browser = client_of(admin)
    assert b"marketing:send" in browser.get("/account/").content
    browser.post("/account/", {"name": "reader", "choose": "1", "scopes": ["crm:read", "crm:export"]})
    assert Token.objects.get().scopes == ["crm:read", "crm:export"]
    none = browser.post("/account/", {"name": "nothing", "choose": "1"})
    assert (b"Choose what the token may do" in none.content, Token.objects.count()) == (True, 1)


def test_nobody_gets_a_scope_beyond_their_role(seller: Actor) -> None:
    answer = client_of(seller).post("/account/", {"name": "x", "choose": "1", "scopes": ["crm:read"]})
    assert (b"crm:read" in answer.content, Token.objects.count()) == (True, 0)


def test_import_export_and_sending_are_rights_of_their_own(admin: Actor) -> None:
    made = Caller(admin).post("/tokens", {"name": "narrow", "scopes": ["crm:read", "crm:write"]}).json()
    caller = Caller()
    caller.headers = {"Authorization": f"Bearer {made['token']}"}
    assert caller.get("/objects").status_code == 200
    answer = caller.post("/crm/jobs", {"type": "deal", "operation": "insert"})
    assert (answer.status_code, "crm:import" in answer.json()["detail"]) == (403, True)
