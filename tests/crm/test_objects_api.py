"""Records over the API: describing, listing, creating one and many, versions, upserts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from fairboard.crm.models import Record
from fairboard.crm.services.definitions import add_field
from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.crm import made

pytestmark = pytest.mark.django_db


class Patcher(Caller):
    """A caller that also sends other methods and headers."""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request with JSON."""
        call = getattr(self.client, method)
        return call(f"/api/v1{path}", body, content_type="application/json", headers={**self.headers, **headers})


@pytest.fixture
def caller(sales: Actor) -> Patcher:
    return Patcher(sales)


def test_a_type_is_described_with_rights_and_choices(caller: Patcher) -> None:
    found = caller.get("/objects/deal/describe").json()
    fields = {one["key"]: one for one in found["fields"]}
    assert {"qualify", "meet", "won"} <= {one["key"] for one in fields["stage"]["choices"]}
    assert fields["account"]["targets"] == ["account"]
    assert not fields["is_won"]["is_writable"]
    assert found["rights"] == {"read": "all", "edit": "team", "delete": "own", "create": True}
    assert "deal" in {one["key"] for one in caller.get("/objects").json()}


def test_simple_parameters_filter_sort_and_page(caller: Patcher, sales: Actor, now: datetime) -> None:
    for amount in (5, 10, 20, 20):
        made(sales, now, "deal", name=f"Deal {amount}", amount=amount)
    first = caller.get("/objects/deal", amount__gte=10, sort="-amount", limit=2, count="true", fields="amount").json()
    assert [one["values"] for one in first["items"]] == [{"amount": 20}, {"amount": 20}]
    assert first["total"] == 3
    rest = caller.get("/objects/deal", amount__gte=10, sort="-amount", limit=2, cursor=first["next_cursor"]).json()
    assert [one["values"]["amount"] for one in rest["items"]] == [10]
    assert caller.get("/objects/deal", stage="won").json()["items"] == []
    assert len(caller.get("/objects/deal", stage__in="qualify,won").json()["items"]) == 4
    wrong = caller.get("/objects/deal", colour="red")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "colour")


def test_a_custom_field_is_queried_like_any_other(caller: Patcher, admin: Actor, sales: Actor, now: datetime) -> None:
    add_field(type_key="account", key="cf_area", label="Area", value_type="number", actor=admin, at=now)
    made(sales, now, "account", name="Small", cf_area=3)
    made(sales, now, "account", name="Large", cf_area=8)
    assert [one["name"] for one in caller.get("/objects/account", cf_area__gt=5).json()["items"]] == ["Large"]
    tree = {"and": [{"field": "cf_area", "op": "lt", "value": 5}, {"not": {"field": "name", "value": "Large"}}]}
    answer = caller.post("/objects/account/query", {"filter": tree, "fields": ["cf_area"], "count": True}).json()
    assert [one["values"] for one in answer["items"]] == [{"cf_area": 3}]


def test_relations_are_expanded(caller: Patcher, sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Wheels")
    deal = made(sales, now, "deal", name="A deal", account=account.id)
    found = caller.get(f"/objects/deal/{deal.id}", expand="account").json()
    assert found["values"]["account"] == account.id
    assert found["expanded"]["account"]["name"] == "Wheels"
    assert [one["id"] for one in caller.get("/objects/deal", **{"account.name": "Wheels"}).json()["items"]] == [deal.id]


def test_a_version_guards_a_change(caller: Patcher) -> None:
    created = caller.post("/objects/contact", {"values": {"last_name": "Meier"}})
    assert (created.status_code, created["ETag"]) == (201, '"1"')
    path = f"/objects/contact/{created.json()['id']}"
    body = {"values": {"last_name": "Mayer"}}
    assert caller.send("patch", path, body).status_code == 428
    changed = caller.send("patch", path, body, **{"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"], changed.json()["name"]) == (200, '"2"', "Mayer")
    stale = caller.send("patch", path, {"values": {"last_name": "X"}}, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert caller.client.get(f"/api/v1{path}", headers={**caller.headers, "If-None-Match": '"2"'}).status_code == 304
    assert caller.send("delete", path, **{"If-Match": "*"}).status_code == 204
    assert caller.get(path).status_code == 404
    assert caller.post(f"{path}/restore").json()["version"] == 4


def test_an_array_is_all_or_none(caller: Patcher) -> None:
    rows = [{"values": {"name": "A"}}, {"values": {"name": "B", "amount": "much"}}, {"values": {"amount": 3}}]
    answer = caller.post("/objects/deal", rows)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["rows[1].amount", "rows[2].name"]
    assert Record.objects.count() == 0
    assert caller.post("/objects/deal", rows[:1] * 2).json()["created"] == 2


def test_an_array_can_be_taken_in_part(caller: Patcher) -> None:
    rows = [{"values": {"name": "A"}}, {"values": {"amount": 3}}]
    answer = caller.post("/objects/deal?partial=true", rows)
    assert answer.status_code == 207
    assert (answer.json()["created"], answer.json()["failed"]) == (1, 1)
    assert answer.json()["results"][0]["record"]["name"] == "A"
    assert answer.json()["results"][1]["problem"]["errors"][0]["field"] == "name"


def test_a_duplicate_names_its_candidates_and_its_row(caller: Patcher) -> None:
    first = caller.post("/objects/account", {"values": {"name": "A", "external_id": "x-1"}}).json()["id"]
    again = caller.post("/objects/account", {"values": {"name": "B", "external_id": "X-1"}})
    assert (again.status_code, again.json()["candidates"]) == (409, [first])
    rows = [{"values": {"name": "C"}}, {"values": {"name": "D", "external_id": "x-1"}}]
    many = caller.post("/objects/account", rows)
    assert (many.status_code, many.json()["errors"][0]["field"]) == (409, "rows[1].external_id")
    assert Record.objects.count() == 1


def test_a_request_sent_twice_creates_once(caller: Patcher) -> None:
    body = {"values": {"name": "Once"}}
    key = {"Idempotency-Key": "k-1"}
    one = caller.send("post", "/objects/account", body, **key)
    two = caller.send("post", "/objects/account", body, **key)
    assert (one.status_code, two.status_code, one.json()["id"]) == (201, 201, two.json()["id"])
    assert Record.objects.count() == 1
    assert caller.send("post", "/objects/account", {"values": {"name": "Other"}}, **key).status_code == 422


def test_upsert_by_a_unique_field(caller: Patcher) -> None:
    made_ = caller.put("/objects/account/by/external_id/E-7", {"values": {"name": "Seven"}})
    assert (made_.status_code, made_.json()["values"]["external_id"]) == (201, "E-7")
    changed = caller.put("/objects/account/by/external_id/e-7", {"values": {"city": "Berlin"}})
    assert (changed.status_code, changed.json()["id"]) == (200, made_.json()["id"])
    assert changed.json()["values"]["city"] == "Berlin"
    assert caller.put("/objects/account/by/name/x", {"values": {}}).status_code == 422


def test_nobody_reaches_a_record_by_another_type_or_without_the_right(
    caller: Patcher, sales: Actor, admin: Actor, seller: Actor, now: datetime, make_member: Callable[..., Actor]
) -> None:
    account = made(admin, now, "account", name="Hers")
    assert caller.get(f"/objects/deal/{account.id}").status_code == 404
    body, match = {"values": {"name": "Mine"}}, {"If-Match": "*"}
    assert caller.send("patch", f"/objects/account/{account.id}", body, **match).status_code == 403
    assert Patcher(seller).get("/objects/account").status_code == 403
