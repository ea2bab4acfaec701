"""The duties over the API: all that their pages do."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, Disclosure
from fairboard.safety.services.orders import take_step
from fairboard.safety.services.queueing import escalate
from fairboard.safety.services.samples import draw
from tests.api.client import Caller
from tests.market.drafts import bicycle, hidden_number
from tests.market.photos import jpeg
from tests.safety.orders_made import verified
from tests.safety.takedowns_made import asking
from tests.safety.test_risks import rows

DETAILS = {
    "name": "Wheels Ltd", "address": "Long Street 5, 73301 Austin, Texas", "country": "US",
    "phone": "+1 512 474 1234", "email": "shop@wheels.example", "account": "US1234567890", "certifies": True,
}  # fmt: skip


def request_body(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(asking(**changes)).items() if name != "language"}


def test_a_takedown_is_asked_for_by_anybody_and_decided_by_the_desk(seller: Actor, moderator: Actor) -> None:
    live = submit(actor=seller, draft=bicycle(), at=clock.now())
    visitor, desk = Caller(), Caller(moderator)
    asked = visitor.post("/takedowns", request_body(location=f"/ad/{live.ad_id}"))
    assert asked.status_code == 201
    receipt = asked.json()["id"]
    assert visitor.get(f"/takedowns/{receipt}/receipt").json()["state"] == "received"
    assert visitor.get(f"/takedowns/{receipt}").status_code == 401
    assert [one["id"] for one in desk.get("/takedowns").json()["items"]] == [receipt]
    assert desk.get(f"/takedowns/{receipt}").json()["details"]["contact"] == "kim@example.org"
    assert desk.post(f"/takedowns/{receipt}/remove", {"answer": "It is gone."}).status_code == 200
    assert visitor.get(f"/takedowns/{receipt}/receipt").json()["state"] == "removed"
    assert visitor.get(f"/ads/{live.ad_id}").status_code == 410
    assert desk.get("/takedowns").json()["items"] == []
    again = desk.post(f"/takedowns/{receipt}/decline", {"missing": ["image"], "answer": "It shows a bicycle."})
    assert again.status_code == 409


def test_a_takedown_that_lacks_something_names_it(moderator: Actor) -> None:
    answer = Caller().post("/takedowns", request_body(signature="", contact="nowhere", in_good_faith=False))
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"signature", "contact", "in_good_faith"}


def test_a_trader_says_who_it_is_and_the_lead_verifies_it(seller: Actor, lead: Actor, moderator: Actor) -> None:
    shop, boss = Caller(seller), Caller(lead)
    assert shop.get("/me/trader").json() == {"record": None}
    assert shop.put("/me/trader", DETAILS).status_code == 404
    assert shop.put("/me/trader/business", {"is_trader": True}).json()["record"]["row"]["is_trader"]
    wrong = shop.put("/me/trader", {**DETAILS, "phone": "12"})
    assert [one["field"] for one in wrong.json()["errors"]] == ["phone"]
    assert shop.put("/me/trader", DETAILS).json()["record"]["row"]["state"] == "verifying"
    assert shop.post("/me/trader/certify").status_code == 409
    assert Caller(moderator).get("/traders").status_code == 403
    (row,) = boss.get("/traders", filter='{"field":"state","op":"eq","value":"verifying"}').json()["items"]
    assert boss.post(f"/traders/{row['member_id']}/refuse", {"reason": "The address is incomplete."}).status_code == 204
    assert shop.get("/me/trader").json()["record"]["answer"] == "The address is incomplete."
    shop.put("/me/trader", DETAILS)
    done = boss.post(f"/traders/{row['member_id']}/verify", {"id_outcome": "passed"})
    assert done.json()["row"]["state"] == "verified"
    assert shop.post("/me/trader/certify").status_code == 200


def test_a_risk_assessment_is_adopted_and_read(lead: Actor, moderator: Actor) -> None:
    body = {"regime": "eu-dsa", "rows": rows("eu-dsa"), "owner": "Lea", "review_on": "2026-02-30"}
    assert Caller(lead).post("/risks", body).json()["errors"][0]["field"] == "review_on"
    body["review_on"] = (clock.now() + timedelta(days=30)).date().isoformat()
    made = Caller(lead).post("/risks", body)
    assert made.status_code == 201
    desk = Caller(moderator)
    assert [one["id"] for one in desk.get("/risks").json()] == [made.json()["id"]]
    assert len(desk.get(f"/risks/{made.json()['id']}").json()["rows"]) == 4
    assert desk.post("/risks", body).status_code == 403


def test_an_order_gets_more_time_and_its_package_is_opened(live_ad: Any, lead: Actor) -> None:
    now = clock.now()
    boss = Caller(lead)
    order_id = verified(
        lead, now, subjects=f"ad {live_ad.ad_id}", is_confidential=True, silent_until=now + timedelta(days=10)
    )
    before = boss.get(f"/orders/{order_id}").json()["row"]["due_at"]
    later, quiet = (now + timedelta(days=20)).isoformat(), (now + timedelta(days=40)).isoformat()
    sooner = boss.post(f"/orders/{order_id}/extend", {"due_at": now.isoformat(), "text": "The court wrote."})
    assert [one["field"] for one in sooner.json()["errors"]] == ["due_at"]
    body = {"due_at": later, "silent_until": quiet, "text": "The court granted it by mail."}
    longer = boss.post(f"/orders/{order_id}/extend", body).json()
    assert longer["row"]["due_at"] > before
    assert longer["silent_until"].startswith(quiet[:10])
    assert longer["entries"][-1]["step"] == "extend"
    take_step(order_id=order_id, step="carry_out", text="", actor=lead, at=now)
    assert boss.post(f"/orders/{order_id}/extend", {**body, "silent_until": None}).status_code == 409
    package = Disclosure.objects.get()
    assert boss.post(f"/packages/{package.public_id}/open", {"purpose": ""}).status_code == 422
    opened = boss.post(f"/packages/{package.public_id}/open", {"purpose": "to check it"})
    assert "manifest.json" in ZipFile(BytesIO(opened.content)).namelist()
    assert [one["step"] for one in boss.get(f"/orders/{order_id}").json()["disclosures"][0]["custody"]] == [
        "made", "looked",
    ]  # fmt: skip


def test_photos_of_a_case_are_asked_for_and_a_case_moves_back(seller: Actor, moderator: Actor, lead: Actor) -> None:
    now = clock.now()
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    submit(actor=seller, draft=hidden_number(photos=[photo.id]), at=now)
    case = Case.objects.get().public_id
    desk, boss = Caller(moderator), Caller(lead)
    assert desk.get("/me/wellness").json()["cases"] == 0
    assert desk.get(f"/cases/{case}").status_code == 200
    assert len(desk.post(f"/cases/{case}/photos").json()["photos"]) == 1
    seen = desk.get("/me/wellness").json()
    assert (seen["cases"], seen["photos"]) == (1, 1)
    assert Event.objects.filter(kind="safety.case.photos_shown").count() == 1
    escalate(case_id=case, actor=moderator, at=now)
    assert desk.post(f"/cases/{case}/back").status_code == 403
    assert desk.post(f"/cases/{case}/photos").status_code == 404
    assert boss.get(f"/cases/{case}").status_code == 200
    assert boss.post(f"/cases/{case}/back").status_code == 204
    assert desk.get(f"/cases/{case}").json()["queue"] == "urgent"


def test_samples_are_judged_and_figures_read(
    seller: Actor, moderator: Actor, make_member: Callable[..., Actor]
) -> None:
    live = submit(actor=seller, draft=bicycle(), at=clock.now())
    draw(kind="ad", subject_ids=[live.ad_id], at=clock.now())
    desk = Caller(moderator)
    sample = desk.get("/samples/next").json()["sample"]
    assert "author" not in sample
    assert desk.get("/metrics").json()["samples_waiting"] == 1
    assert desk.post(f"/samples/{sample['id']}/judgement", {"finding": "breaks"}).status_code == 422
    assert desk.post(f"/samples/{sample['id']}/judgement", {"finding": "fine"}).status_code == 204
    assert desk.post(f"/samples/{sample['id']}/judgement", {"finding": "fine"}).status_code == 409
    assert desk.get("/samples/next").json() == {"sample": None}
    figures = desk.get("/metrics").json()
    assert (figures["prevalence"]["part"], figures["prevalence"]["whole"], len(figures["by_day"])) == (0, 1, 30)
    assert Caller(make_member("else")).get("/metrics").status_code == 403


def test_one_says_how_one_wants_to_be_shown_hard_cases(moderator: Actor) -> None:
    desk = Caller(moderator)
    wanted = {"grey": True, "blurred": False, "hard_queues": False, "cap": 3}
    assert desk.put("/me/wellness", wanted).json() == {**desk.get("/me/wellness").json(), **wanted}
    assert desk.put("/me/wellness", {**wanted, "cap": 201}).status_code == 422


@pytest.mark.parametrize(("query", "status"), [
    ({}, 200), ({"since": "2026-01-01", "until": "2026-03-01"}, 200), ({"since": "2026-01-02"}, 422),
    ({"since": "1800-01-01"}, 422), ({"since": "2026-02-30"}, 422), ({"until": "9999-01-01"}, 422),
])  # fmt: skip
def test_the_transparency_report_is_for_everybody(db: None, query: dict[str, str], status: int) -> None:
    answer = Caller().get("/transparency", **query)
    assert answer.status_code == status
    assert (len(answer.json().get("tables", [])) > 5) is (status == 200)
