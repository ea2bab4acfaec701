"""The change feed: in order, nothing twice, nothing of what one may not see."""

from datetime import datetime

import pytest

from fairboard.crm.models import Profile, Seat
from fairboard.crm.services.records import delete_records, update_record
from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.crm import made

pytestmark = pytest.mark.django_db


def test_a_reader_goes_on_where_it_stopped(sales: Actor, now: datetime) -> None:
    caller = Caller(sales)
    account = made(sales, now, "account", name="A")
    page = caller.get("/crm/changes").json()
    assert [(one["act"], one["record_id"]) for one in page["items"]] == [("created", account.id)]
    assert caller.get("/crm/changes", cursor=page["next_cursor"]).json()["items"] == []
    update_record(record_id=account.id, values={"city": "Bonn"}, actor=sales, at=now)
    delete_records(record_ids=[account.id], actor=sales, at=now)
    more = caller.get("/crm/changes", cursor=page["next_cursor"], expand="values").json()["items"]
    assert [one["act"] for one in more] == ["changed", "deleted"]
    assert more[0]["fields"] == ["city"]
    assert more[0]["changes"] == [{"field": "city", "before": None, "after": "Bonn"}]
    assert caller.get("/crm/changes").json()["items"][1]["changes"] is None


def test_the_feed_can_be_of_one_type_and_in_pages(sales: Actor, now: datetime) -> None:
    caller = Caller(sales)
    for name in "abc":
        made(sales, now, "account", name=name)
        made(sales, now, "product", name=name)
    page = caller.get("/crm/changes", type="product", limit=2).json()
    assert ([one["type"] for one in page["items"]], page["more"]) == (["product", "product"], True)
    assert caller.get("/crm/changes", type="nonsense").status_code == 404


def test_hidden_records_and_fields_are_not_told(sales: Actor, admin: Actor, now: datetime) -> None:
    rights = {"*": {"read": "own", "edit": "own", "delete": "own", "create": True}}
    profile = Profile.objects.create(key="narrow", label="Narrow", rights=rights, fields={"account.city": "hidden"})
    Seat.objects.create(member_id=sales.id, profile=profile)
    other = made(admin, now, "account", name="Not hers")
    mine = made(sales, now, "account", name="Hers")
    update_record(record_id=mine.id, values={"city": "Bonn"}, actor=admin, at=now)
    update_record(record_id=mine.id, values={"city": "Kiel", "street": "A 1"}, actor=admin, at=now)
    delete_records(record_ids=[other.id], actor=admin, at=now)
    found = Caller(sales).get("/crm/changes", expand="values").json()["items"]
    assert [(one["act"], one["fields"]) for one in found] == [("created", []), ("changed", ["street"])]
    assert "city" not in found[0]["values"]
    assert [one["field"] for one in found[1]["changes"]] == ["street"]
