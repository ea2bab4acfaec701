"""The whole path of an ad over the API: place, find, answer, report, decide, change, end."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.market.drafts import BERLIN
from tests.market.photos import jpeg

BICYCLE = {
    "title": "Red city bicycle", "body": "A comfortable bicycle, serviced last month.", "category": "vehicles/bicycles",
    "place": BERLIN, "price": 120, "attributes": {"condition": "good", "frame": 56},
}  # fmt: skip


def test_an_ad_from_end_to_end(seller: Actor, buyer: Actor, moderator: Actor, outbox: list[Any]) -> None:
    owner, other, desk, visitor = Caller(seller), Caller(buyer), Caller(moderator), Caller()
    upload = SimpleUploadedFile("bike.jpg", jpeg(), "image/jpeg")
    photo = owner.client.post("/api/v1/photos", {"file": upload}, headers=owner.headers).json()
    placed = owner.post("/ads", {**BICYCLE, "photos": [photo["id"]]}).json()
    assert placed["verdict"] == "allow"

    found = visitor.get("/ads", q="bicycle", place=BERLIN, category="vehicles/bicycles", **{"frame.gte": 50})
    assert [card["id"] for card in found.json()["items"]] == [placed["id"]]
    page = visitor.get(f"/ads/{placed['id']}").json()
    assert page["price_minor"] == 12_000
    assert len(page["photos"]) == 1

    sent = other.post("/conversations", {"ad_id": placed["id"], "text": "Is it still there?"}).json()
    owner.post(f"/conversations/{sent['conversation_id']}/messages", {"text": "Yes."})
    talk = other.get(f"/conversations/{sent['conversation_id']}").json()
    assert [message["body"] for message in talk["messages"]] == ["Is it still there?", "Yes."]

    receipt = visitor.post("/notices", {"subject_id": placed["id"], "kind": "scam", "email": "eve@example.com"}).json()
    case = desk.get("/cases").json()["items"][0]
    assert case["subject_id"] == placed["id"]
    decision = {"outcome": "reject", "policy": "contact", "reason_text": "Contact details are in the photo."}
    assert desk.post(f"/cases/{case['id']}/decisions", decision).status_code == 201
    assert visitor.get(f"/ads/{placed['id']}").status_code == 410
    assert visitor.get(f"/notices/{receipt['id']}").json()["outcome"] == "reject"
    verdict = owner.get(f"/ads/{placed['id']}/verdict").json()
    assert verdict["reason_text"] == decision["reason_text"]
    tasks.call("ledger.deliver")
    assert {"sam@example.org", "eve@example.com"} <= {mail.to[0] for mail in outbox}

    again = owner.put(f"/ads/{placed['id']}", {**BICYCLE, "title": "Red bicycle", "photos": []}).json()
    assert again["revision"] == 2
    kinds = {event["kind"] for event in desk.get("/events", subject_id=placed["id"]).json()["items"]}
    assert {"market.ad.published", "safety.notice.filed", "safety.decision.made", "market.ad.hidden"} <= kinds


def test_every_mistake_comes_back_with_its_field(seller: Actor) -> None:
    answer = Caller(seller).post("/ads", {**BICYCLE, "title": "", "price": "cheap", "attributes": {"frame": 900}})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance", "errors"} <= set(problem)
    assert {error["field"] for error in problem["errors"]} == {"title", "price", "attributes.frame"}


def test_a_body_that_is_no_json_is_told(seller: Actor) -> None:
    caller = Caller(seller)
    answer = caller.client.post("/api/v1/ads", "{", content_type="application/json", headers=caller.headers)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic abc"])
def test_a_token_that_does_not_work_is_told(db: None, token: str) -> None:
    caller = Caller()
    caller.headers = {"Authorization": token} if token else {}
    answer = caller.get("/me")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_reads_but_does_not_write(seller: Actor, signed_in: Any) -> None:
    client = signed_in(seller)
    assert client.get("/api/v1/me").json()["email"] == "sam@example.org"
    assert client.post("/api/v1/ads", BICYCLE, content_type="application/json").status_code == 401


def test_a_token_makes_no_stronger_token(moderator: Actor) -> None:
    weak = Caller(moderator).post("/tokens", {"name": "weak", "scopes": ["account"]}).json()
    caller = Caller()
    caller.headers = {"Authorization": f"Bearer {weak['token']}"}
    assert caller.get("/cases").status_code == 403
    assert caller.post("/tokens", {"scopes": ["desk:write"]}).status_code == 403
    assert caller.post("/tokens", {}).json()["scopes"] == ["account"]


def test_a_revoked_token_stops_at_once(seller: Actor) -> None:
    caller = Caller(seller)
    token = caller.get("/tokens").json()[0]
    assert caller.delete(f"/tokens/{token['id']}").status_code == 204
    assert caller.get("/me").status_code == 401
