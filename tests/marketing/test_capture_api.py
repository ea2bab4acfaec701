"""Forms and rules for scores are made, changed and taken away over the API, with the checks of the pages."""

from typing import Any

import pytest
from django.test import Client

from fairboard.crm.models import Record
from fairboard.kit.actors import Actor
from fairboard.marketing.models import Form, ScoreRule
from tests.api.client import Caller
from tests.crm import made

pytestmark = pytest.mark.django_db

FORM: dict[str, Any] = {
    "name": "Contact us", "slug": "contact-us", "asked": [{"key": "last_name", "required": True}, {"key": "email"}],
    "topic": "offers", "wording": "Yes, write to me.", "thanks": "We call you.",
}  # fmt: skip
RULE = {"name": "Has a company", "expression": 'lead.company != ""', "points": 20}


def wrong(answer: Any) -> set[str]:
    assert answer.status_code == 422, answer.content
    return {one["field"].rpartition(".")[2] for one in answer.json()["errors"]}


def test_a_form_is_made_changed_and_taken_out_of_use(sales: Actor, buyer: Actor, now: Any) -> None:
    caller, visitor = Caller(sales), Client()
    campaign = made(sales, now, "campaign", name="Fair")
    answer = caller.post("/marketing/forms", FORM | {"owners": [sales.id], "campaign": campaign.id})
    assert answer.status_code == 201
    one = answer.json()
    assert one["asked"] == [
        {"key": "last_name", "label": "", "required": True}, {"key": "email", "label": "", "required": False}
    ]  # fmt: skip
    path = f"/marketing/forms/{one['id']}"
    assert visitor.get("/f/contact-us").status_code == 200
    changed = {key: value for key, value in one.items() if key != "id"} | {"slug": "hello", "title": "Say hello"}
    assert caller.put(path, changed).json() == {"id": one["id"], **changed} == caller.get(path).json()
    assert b"Say hello" in visitor.get("/f/hello").content
    assert [each["slug"] for each in caller.get("/marketing/forms").json()] == ["hello"]
    assert caller.delete(path).status_code == 204
    assert {caller.get(path).status_code, caller.put(path, changed).status_code, caller.delete(path).status_code} == {
        404
    }
    assert visitor.get("/f/hello").status_code == 404
    assert Caller(buyer).post("/marketing/forms", FORM).status_code == 403


def test_what_a_page_refuses_the_api_refuses(sales: Actor, now: Any) -> None:
    caller = Caller(sales)
    account = made(sales, now, "account", name="No campaign")
    assert caller.post("/marketing/forms", FORM).status_code == 201
    bad = FORM | {
        "name": " ", "asked": [{"key": "score"}], "topic": "nothing", "wording": "", "redirect": "http://x.example",
        "owners": ["nobody"], "campaign": account.id, "type_key": "deal",
    }  # fmt: skip
    assert wrong(caller.post("/marketing/forms", bad)) == {
        "name", "slug", "type_key", "asked", "topic", "wording", "redirect", "owners", "campaign"
    }  # fmt: skip
    assert caller.post("/marketing/forms", FORM | {"slug": "other", "intro": "a\x00b"}).status_code == 422
    assert Form.objects.count() == 1


def test_a_rule_is_made_changed_and_taken_away(sales: Actor, now: Any) -> None:
    caller = Caller(sales)
    answer = caller.post("/marketing/scores", RULE)
    assert answer.status_code == 201
    one = answer.json()
    assert one == {"id": one["id"], "type_key": "lead", "problem": "", **RULE}
    lead = made(sales, now, "lead", last_name="Lee", company="Vans")
    assert Record.objects.get(public_id=lead.id).data["score"] == 20
    path = f"/marketing/scores/{one['id']}"
    assert caller.put(path, RULE | {"points": 30}).json()["points"] == 30
    assert [each["points"] for each in caller.get("/marketing/scores").json()] == [30]
    assert wrong(caller.put(path, RULE | {"expression": "lead.nothing > 1"})) == {"expression"}
    assert wrong(caller.post("/marketing/scores", RULE | {"points": 0})) == {"points"}
    assert wrong(caller.post("/marketing/scores", RULE | {"points": 2**70})) == {"points"}
    assert wrong(caller.post("/marketing/scores", RULE | {"type_key": "deal"})) == {"type_key"}
    assert caller.post("/marketing/scores", RULE | {"name": "a\x00b"}).status_code == 422
    assert caller.delete(path).status_code == 204
    assert {caller.get(path).status_code, caller.put(path, RULE).status_code, caller.delete(path).status_code} == {404}
    assert not ScoreRule.objects.exists()
