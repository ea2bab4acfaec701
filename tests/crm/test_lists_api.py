"""Views, bulk edits, search and groups over the API."""

import json
from datetime import datetime

import pytest

from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.crm import made

pytestmark = pytest.mark.django_db


def test_a_view_over_the_api(sales: Actor, now: datetime) -> None:
    for name in ("A", "B", "C"):
        made(sales, now, "account", name=name, city="Bern" if name != "B" else "Basel")
    caller = Caller(sales)
    mine = {"and": [{"field": "city", "op": "eq", "value": "Bern"}, {"field": "owner", "op": "eq", "value": "me"}]}
    given = {
        "type": "account",
        "name": "Bern",
        "filter": mine,
        "sort": "-name",
        "columns": ["name", "city"],
        "shared": True,
    }
    made_view = caller.post("/crm/views", given)
    assert made_view.status_code == 201, made_view.content
    view_id = made_view.json()["id"]
    page = caller.get(f"/crm/views/{view_id}/records", limit=1).json()
    assert ([one["name"] for one in page["items"]], page["count"]) == (["C"], 2)
    page = caller.get(f"/crm/views/{view_id}/records", cursor=page["next_cursor"]).json()
    assert [one["name"] for one in page["items"]] == ["A"]
    assert [one["name"] for one in caller.get("/crm/views", type="account").json()["items"]] == ["Bern"]
    assert caller.put(f"/crm/views/{view_id}", {**given, "name": "Berne"}).json()["name"] == "Berne"
    assert caller.delete(f"/crm/views/{view_id}").status_code == 204
    assert caller.get(f"/crm/views/{view_id}").status_code == 404


@pytest.mark.parametrize("given", [
    {"filter": {"field": "nothing", "op": "eq", "value": 1}}, {"filter": {"and": 5}}, {"columns": ["nothing"]},
    {"sort": "description"}, {"group": "name"}, {"kind": "pie"}, {"name": ""},
])  # fmt: skip
def test_a_view_that_cannot_be_is_refused(sales: Actor, given: dict[str, object]) -> None:
    answer = Caller(sales).post("/crm/views", {"type": "account", "name": "V", **given})
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"]


def test_a_bulk_edit_over_the_api(sales: Actor, now: datetime) -> None:
    ids = [made(sales, now, "account", name=f"A{n}").id for n in range(3)]
    caller = Caller(sales)
    done = caller.post("/crm/bulk", {"type": "account", "ids": ids, "values": {"city": "Bern"}})
    assert done.status_code == 201, done.content
    assert (done.json()["state"], done.json()["changed"]) == ("done", 3)
    every = {"type": "account", "all": True, "filter": {"field": "name", "op": "ne", "value": "A0"}, "act": "delete"}
    gone = caller.post("/crm/bulk", every).json()
    assert gone["changed"] == 2
    assert caller.post(f"/crm/bulk/{gone['id']}/undo").json()["undone"] == 2
    assert caller.post(f"/crm/bulk/{gone['id']}/undo").status_code == 409
    assert caller.get(f"/crm/bulk/{done.json()['id']}").json()["total"] == 3
    for bad in (
        {},
        {"ids": ids, "all": True},
        {"ids": ids, "values": {"ads_live": 3}},
        {"ids": ["x"], "values": {"city": "y"}},
    ):
        assert caller.post("/crm/bulk", {"type": "account", **bad}).status_code == 422


def test_search_and_groups_over_the_api(sales: Actor, seller: Actor, now: datetime) -> None:
    made(sales, now, "deal", name="Bikes all year", stage="meet", amount=10)
    made(sales, now, "deal", name="Cars all year", stage="meet", amount=5)
    caller = Caller(sales)
    assert [one["name"] for one in caller.get("/crm/search", q="bik").json()["items"]] == ["Bikes all year"]
    assert caller.get("/crm/search", q="bik", type="nothing").status_code == 404
    tree = json.dumps({"field": "amount", "op": "gt", "value": 1})
    found = caller.get("/crm/groups", type="deal", by="stage", sum="amount", filter=tree).json()
    assert found["items"] == [{"key": "meet", "count": 2, "total": 15.0}]
    assert caller.get("/crm/groups", type="deal", by="nothing").status_code == 422
    assert Caller(seller).get("/crm/search", q="bik").status_code == 403
