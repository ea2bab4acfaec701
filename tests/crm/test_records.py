"""Records: what is written is checked, kept, linked, summed up, and found again."""

from datetime import datetime
from typing import Any

import pytest

from fairboard.crm.models import Change
from fairboard.crm.queries.records import counted, record, records, schema_of
from fairboard.crm.services.definitions import add_field, archive_field, create_type
from fairboard.crm.services.records import (
    Stale,
    delete_records,
    restore_records,
    update_record,
    update_records,
)
from fairboard.crm.services.writing import Duplicate
from fairboard.filters import parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from tests.crm import made

pytestmark = pytest.mark.django_db


def tree(actor: Actor, key: str, given: dict[str, Any]) -> Any:
    return validate(parse(given), schema_of(actor, key))


def test_an_account_and_what_points_to_it(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes Ltd", email="INFO@bikes.example")
    assert account.values["email"].lower() == "info@bikes.example"
    for number in (1, 2):
        made(sales, now, "contact", last_name=f"Person {number}", account=account.id)
    deal = made(sales, now, "deal", name="A year of ads", account=account.id, amount="1200")
    assert deal.values["stage"] == "qualify"
    assert deal.values["probability"] == 10
    assert deal.values["expected"] == 120
    assert deal.owner_id == sales.id
    shown = record(actor=sales, record_id=account.id)
    assert shown.values["contacts"] == 2
    assert shown.values["open_deals"] == 1
    won = update_record(record_id=deal.id, values={"stage": "won"}, actor=sales, at=now)
    assert won.values["is_won"] is True
    assert won.values["closed_on"] == now.date().isoformat()
    shown = record(actor=sales, record_id=account.id)
    assert (shown.values["open_deals"], shown.values["won_amount"]) == (0, 1200)
    delete_records(record_ids=[deal.id], actor=sales, at=now)
    assert record(actor=sales, record_id=account.id).values["won_amount"] == 0
    restore_records(record_ids=[deal.id], actor=sales, at=now)
    assert record(actor=sales, record_id=account.id).values["won_amount"] == 1200


def test_every_wrong_value_is_named_and_nothing_is_saved(sales: Actor, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        made(sales, now, "deal", name="X", amount="much", close_date="someday", colour="red", expected="5")
    assert {one["field"] for one in caught.value.errors} == {"amount", "close_date", "colour", "expected"}
    with pytest.raises(Invalid) as caught:
        made(sales, now, "deal", amount="12")
    assert caught.value.errors[0]["field"] == "name"
    with pytest.raises(Invalid) as caught:
        made(sales, now, "deal", name="X", account="0000000000000000")
    assert caught.value.field == "account"
    assert counted(actor=sales, type_key="deal") == 0


def test_the_history_of_a_value_is_kept(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="Old name")
    update_record(record_id=row.id, values={"name": "New name", "city": "Bern"}, actor=sales, at=now)
    kept = {one.key: (one.before, one.after) for one in Change.objects.filter(record_id=row.pk)}
    assert kept == {"name": ("Old name", "New name"), "city": (None, "Bern")}


def test_who_comes_second_is_told(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="Ours")
    update_record(record_id=row.id, values={"city": "Bern"}, actor=sales, at=now, expected_version=1)
    with pytest.raises(Stale):
        update_record(record_id=row.id, values={"city": "Basel"}, actor=sales, at=now, expected_version=1)


def test_a_unique_value_is_unique_in_the_database(sales: Actor, now: datetime) -> None:
    first = made(sales, now, "product", name="Top ad", code="TOP")
    with pytest.raises(Duplicate) as caught:
        made(sales, now, "product", name="Top ad again", code="top")
    assert caught.value.extra["candidates"] == [first.id]
    delete_records(record_ids=[first.id], actor=sales, at=now)
    made(sales, now, "product", name="Top ad again", code="top")
    with pytest.raises(Duplicate):
        restore_records(record_ids=[first.id], actor=sales, at=now)


@pytest.mark.parametrize("indexed", [False, True])
def test_an_object_of_ones_own(crm_admin: Actor, now: datetime, indexed: bool) -> None:
    create_type(label="Showroom", plural="Showrooms", actor=crm_admin, at=now)
    choices = [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]
    for label, kind, options in (
        ("Area", "number", {"unit": "m²", "decimals": 1}), ("Opened", "date", {}),
        ("Size", "choice", {"choices": choices}),
        ("Opens", "time", {}), ("Heated", "yesno", {}), ("Sells", "multichoice", {"choices": choices}),
        ("Visited", "datetime", {}), ("Rent", "money", {}),
    ):  # fmt: skip
        add_field(type_key="showroom", label=label, value_type=kind, options=options, actor=crm_admin, at=now,
                  is_indexed=indexed)  # fmt: skip
    add_field(
        type_key="showroom", label="Account", kind="relation", options={"targets": ["account"]}, actor=crm_admin, at=now
    )
    add_field(type_key="account", label="Floor", kind="rollup", actor=crm_admin, at=now,
              options={"from": "showroom", "via": "cf_account", "function": "sum", "of": "cf_area"})  # fmt: skip
    account = made(crm_admin, now, "account", name="Bikes", industry="vehicles")
    values = {"cf_opened": "1.3.2020", "cf_size": "Large", "cf_opens": "9:30", "cf_heated": "yes", "cf_sells": "s, l",
              "cf_visited": "2026-01-02 10:00", "cf_account": account.id}  # fmt: skip
    big = made(crm_admin, now, "showroom", name="Big", cf_area="1,250.5", cf_rent="900.50", **values)
    small = made(crm_admin, now, "showroom", name="Small", cf_area=12, cf_heated="no")
    assert record(actor=crm_admin, record_id=account.id).values["cf_floor"] == 1250.5
    for given, found in (
        ({"field": "cf_area", "op": "gt", "value": 100}, [big.id]),
        ({"field": "cf_opened", "op": "between", "value": ["2020-01-01", "2020-12-31"]}, [big.id]),
        ({"field": "cf_size", "op": "eq", "value": "l"}, [big.id]),
        ({"field": "cf_opens", "op": "lt", "value": "10:00"}, [big.id]),
        ({"field": "cf_heated", "op": "eq", "value": True}, [big.id]),
        ({"field": "cf_heated", "op": "eq", "value": False}, [small.id]),
        ({"field": "cf_sells", "op": "has_all", "value": ["s", "l"]}, [big.id]),
        ({"field": "cf_sells", "op": "is_empty", "value": True}, [small.id]),
        ({"field": "cf_visited", "op": "gte", "value": "2026-01-02T10:00:00Z"}, [big.id]),
        ({"field": "cf_rent", "op": "eq", "value": 900.5}, [big.id]),
        ({"field": "cf_account", "op": "eq", "value": account.id}, [big.id]),
        ({"field": "cf_account.industry", "op": "eq", "value": "vehicles"}, [big.id]),
        ({"field": "created", "op": "eq", "value": now.date().isoformat()}, [small.id, big.id]),
        ({"field": "created_at", "op": "gte", "value": now.isoformat()}, [small.id, big.id]),
        ({"field": "owner", "op": "eq", "value": crm_admin.id}, [small.id, big.id]),
    ):  # fmt: skip
        page = records(actor=crm_admin, type_key="showroom", tree=tree(crm_admin, "showroom", given))
        assert [one.id for one in page.items] == found, given
    with pytest.raises(Conflict):
        archive_field(type_key="showroom", field_key="cf_area", actor=crm_admin, at=now)


@pytest.mark.parametrize("sort", ["cf_rank", "-cf_rank", "name", "-name", "id", "-id", "created", "-updated"])
def test_pages_of_any_order_hold_every_record_once(crm_admin: Actor, now: datetime, sort: str) -> None:
    create_type(label="Thing", plural="Things", actor=crm_admin, at=now)
    add_field(type_key="thing", label="Rank", value_type="number", actor=crm_admin, at=now, is_indexed=True)
    ranks = [3, None, 1, 3, None, 2, 3, 7]
    ids = [made(crm_admin, now, "thing", name=f"T{at % 3}", cf_rank=rank).id for at, rank in enumerate(ranks)]
    seen: list[Any] = []
    cursor = ""
    while True:
        page = records(actor=crm_admin, type_key="thing", sort=sort, cursor=cursor, size=3)
        seen += page.items
        cursor = page.next_cursor
        if not cursor:
            break
    assert sorted(one.id for one in seen) == sorted(ids)
    if "rank" in sort:
        values = [one.values.get("cf_rank") for one in seen]
        rising = [None, None, 1, 2, 3, 3, 3, 7]
        assert values == (rising if sort == "cf_rank" else rising[::-1])


def test_formulas_need_no_circle(crm_admin: Actor, now: datetime) -> None:
    add_field(type_key="deal", label="Twice", kind="formula", value_type="number", actor=crm_admin, at=now,
              options={"expression": "record.amount * 2.0"})  # fmt: skip
    add_field(type_key="deal", label="Fourfold", kind="formula", value_type="number", actor=crm_admin, at=now,
              options={"expression": "record.cf_twice * 2.0"})  # fmt: skip
    assert made(crm_admin, now, "deal", name="D", amount=5).values["cf_fourfold"] == 20
    from fairboard.crm.services.definitions import change_field

    with pytest.raises(Invalid, match="need each other"):
        change_field(type_key="deal", field_key="cf_twice", actor=crm_admin, at=now,
                     options={"expression": "record.cf_fourfold"})  # fmt: skip
    assert made(crm_admin, now, "deal", name="E", amount=5).values["cf_fourfold"] == 20
    with pytest.raises(Invalid, match="no variable"):
        add_field(type_key="deal", label="Bad", kind="formula", value_type="number", actor=crm_admin, at=now,
                  options={"expression": "record.nothing + 1"})  # fmt: skip


def test_several_records_are_changed_all_or_none(sales: Actor, now: datetime) -> None:
    ids = [made(sales, now, "account", name=f"A{n}").id for n in range(3)]
    assert len(update_records(record_ids=ids, values={"city": "Bern"}, actor=sales, at=now)) == 3
    with pytest.raises(NotFound):
        update_records(record_ids=[*ids, "nothing"], values={"city": "Basel"}, actor=sales, at=now)
    assert {record(actor=sales, record_id=one).values["city"] for one in ids} == {"Bern"}


def test_nobody_but_staff(seller: Actor, moderator: Actor, sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="A")
    for actor in (seller, moderator):
        with pytest.raises(Forbidden):
            record(actor=actor, record_id=row.id)
        with pytest.raises(Forbidden):
            made(actor, now, "account", name="B")
