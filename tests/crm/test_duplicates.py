"""Duplicates: found when entered and among all, dismissed, merged, and a merge undone to the last value."""

from datetime import datetime
from typing import Any

import pytest

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Change, Link, MatchKey, Record
from fairboard.crm.queries.duplicates import candidates, like, pairs
from fairboard.crm.queries.merging import current_id, merged_ids, side_by_side
from fairboard.crm.queries.records import record
from fairboard.crm.services import duplicates, merge_undo
from fairboard.crm.services.duplicates import PossibleDuplicate
from fairboard.crm.services.merging import merge
from fairboard.crm.services.records import create_record, delete_records, update_record
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid
from tests.crm import made

pytestmark = pytest.mark.django_db


def test_who_enters_a_record_twice_is_asked(sales: Actor, now: datetime) -> None:
    first = made(sales, now, "account", name="Müller Automobile GmbH", city="Köln", register_number="HRB 12 345")
    for again in (
        {"name": "Automobile Mueller", "register_number": "hrb12345"},
        {"name": "Muller Automobile", "city": "Koeln".replace("oe", "ö")},
    ):
        with pytest.raises(PossibleDuplicate) as caught:
            made(sales, now, "account", **again)
        assert [one["id"] for one in caught.value.extra["candidates"]] == [first.id]
    made(sales, now, "account", name="Müller Automobile", city="Bonn")
    values = {"name": "Muller Automobile", "city": "Köln"}
    create_record(type_key="account", values=values, actor=sales, at=now, override=True)
    found = candidates(catalogue().type("account"), {"name": "Mueller Automobile", "city": "Köln"})
    assert first.id in {one.id for one in found}
    assert len(like(record_id=first.id, actor=sales)) == 1


def test_a_deleted_record_is_no_candidate(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "contact", last_name="Roe", email="roe@example.org")
    delete_records(record_ids=[row.id], actor=sales, at=now)
    assert MatchKey.objects.count() == 0
    made(sales, now, "contact", last_name="Roe", email="roe@example.org")


def test_all_records_are_compared(sales: Actor, now: datetime) -> None:
    def contact(last: str, **values: Any) -> str:
        return create_record(type_key="contact", values={"last_name": last, **values}, actor=sales, at=now,
                             override=True).id  # fmt: skip

    one = contact("Meyer", first_name="Anna", email="anna@example.org", city="Bonn")
    two = contact("Meier", first_name="Anna", email="Anna@example.org")
    three = contact("Maier", first_name="Anna", city="Bonn", phone="+49 30 123456")
    contact("Schmidt", first_name="Ben", email="ben@example.org", city="Bonn")
    MatchKey.objects.all().delete()  # as after an import that was killed
    scan = duplicates.ask_for_search(type_key="contact", actor=sales, at=now, enqueue=False)
    assert duplicates.search(scan_id=scan, at=now) >= 1
    found = pairs(actor=sales, type_key="contact").items
    assert {frozenset((pair.first.id, pair.second.id)) for pair in found} >= {frozenset((one, two))}
    top = found[0]
    assert (top.score >= 90, "email" in top.reasons) == (True, True)
    duplicates.dismiss(pair_id=top.id, actor=sales, at=now)
    scan = duplicates.ask_for_search(type_key="contact", actor=sales, at=now, enqueue=False)
    duplicates.search(scan_id=scan, at=now)
    assert top.id not in {pair.id for pair in pairs(actor=sales, type_key="contact").items}
    assert three not in {one}


def state_of() -> dict[str, Any]:
    """Everything a merge may touch, but versions; a roll-up worked out once is 0 where none was before."""
    return {
        "records": {row.public_id: (row.name, {k: v for k, v in row.data.items() if v != 0}, row.owner_id,
                                    row.deleted_at)
                    for row in Record.objects.all()},
        "links": set(Link.objects.values_list("field_id", "source_id", "target_id")),
        "keys": set(MatchKey.objects.values_list("record_id", "value")),
    }  # fmt: skip


def test_a_merge_keeps_everything_and_is_undone_exactly(sales: Actor, now: datetime) -> None:
    one = made(sales, now, "account", name="Bikes", city="Bern", external_id="A1")
    two = made(sales, now, "account", name="Bikes Ltd", email="info@bikes.example", city="Basel", external_id="A2")
    three = made(sales, now, "account", name="Bycicles", parent=one.id, phone="+41 44 668 18 00")
    update_record(record_id=two.id, values={"city": "Biel"}, actor=sales, at=now)
    people = [made(sales, now, "contact", last_name=f"P{n}", account=account.id).id
              for n, account in enumerate((one, two, two, three))]  # fmt: skip
    deal = made(sales, now, "deal", name="D", account=two.id, amount=100, stage="won")
    call = made(sales, now, "task", subject="Call", about=three.id)
    mail = made(sales, now, "mail", subject="Hello", about=[one.id, two.id])
    before, histories = state_of(), Change.objects.filter(record__public_id=two.id).count()
    info, rows, lines = side_by_side(record_ids=[one.id, two.id, three.id], actor=sales)
    assert {line.key for line in lines if line.differs} >= {"name", "city", "external_id"}
    given = {"record_ids": [one.id, two.id, three.id], "survivor_id": one.id, "actor": sales, "at": now,
             "chosen": {"name": two.id, "external_id": two.id}}  # fmt: skip
    tried = merge(**given, dry_run=True)
    assert state_of() == before
    assert tried.moves == {"contact.account": 3, "deal.account": 1, "task.about": 1, "mail.about": 1}
    done = merge(**given)
    left = record(actor=sales, record_id=one.id)
    assert {key: left.values[key] for key in ("name", "city", "external_id", "email", "phone")} == {
        "name": "Bikes Ltd", "city": "Bern", "external_id": "A2", "email": "info@bikes.example",
        "phone": "+41446681800",
    }  # fmt: skip
    assert "parent" not in left.values
    assert (left.values["contacts"], left.values["won_amount"]) == (4, 100)
    assert {record(actor=sales, record_id=each).values["account"] for each in people} == {one.id}
    assert record(actor=sales, record_id=mail.id).values["about"] == [one.id]
    assert record(actor=sales, record_id=call.id).values["about"] == one.id
    assert (current_id(two.id), current_id(one.id), merged_ids(one.id)) == (one.id, "", [two.id, three.id])
    assert Change.objects.filter(record__public_id=one.id, key="city", after="Biel").exists()
    assert merge_undo.undo(merge_id=done.merge_id, actor=sales, at=now) == []
    assert state_of() == before
    assert Change.objects.filter(record__public_id=two.id).count() == histories
    assert (current_id(two.id), record(actor=sales, record_id=deal.id).values["account"]) == ("", two.id)


def test_what_was_changed_since_stays(sales: Actor, now: datetime) -> None:
    one = made(sales, now, "account", name="A1", city="Bern")
    two = made(sales, now, "account", name="B2", phone="+41 44 668 18 00")
    person = made(sales, now, "contact", last_name="P", account=two.id)
    done = merge(record_ids=[one.id, two.id], survivor_id=one.id, actor=sales, at=now, chosen={"name": two.id})
    update_record(record_id=one.id, values={"name": "C3"}, actor=sales, at=now)
    update_record(record_id=person.id, values={"account": None}, actor=sales, at=now)
    assert set(merge_undo.undo(merge_id=done.merge_id, actor=sales, at=now)) == {one.id, person.id}
    row = record(actor=sales, record_id=one.id)
    assert (row.values["name"], "phone" in row.values) == ("C3", False)
    assert record(actor=sales, record_id=two.id).values["phone"] == "+41446681800"


def test_who_may_not_merge(sales: Actor, buyer: Actor, now: datetime) -> None:
    one, two = made(sales, now, "account", name="A1"), made(sales, now, "account", name="B2")
    person = made(sales, now, "contact", last_name="P")
    with pytest.raises(Forbidden):
        merge(record_ids=[one.id, two.id], survivor_id=one.id, actor=buyer, at=now)
    for ids in ([one.id], [one.id, person.id]):
        with pytest.raises(Invalid):
            merge(record_ids=ids, survivor_id=one.id, actor=sales, at=now)
