"""Many records at once: each row is changed or has its reason; undone where nobody changed it since."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from fairboard.crm import hooks
from fairboard.crm.models import BulkEdit, BulkRow, Profile, Record, Seat
from fairboard.crm.queries.bulk import binned, bulk_info
from fairboard.crm.queries.records import counted, record
from fairboard.crm.services import bulk, undoing
from fairboard.crm.services.records import delete_records, purge, update_record
from fairboard.crm.standing import OnHold
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from tests.crm import made

pytestmark = pytest.mark.django_db


def cities(actor: Actor, ids: list[str]) -> list[str]:
    return [record(actor=actor, record_id=one).values.get("city", "") for one in ids]


def test_many_are_changed_and_it_is_undone(sales: Actor, crm_admin: Actor, now: datetime) -> None:
    ids = [made(sales, now, "account", name=f"A{n}", city="Bern").id for n in range(4)]
    given = {"city": "Basel", "industry": "retail"}
    done = bulk.start(type_key="account", act="edit", actor=sales, at=now, ids=ids, given=given, owner_id=crm_admin.id)
    assert (done.state, done.changed, done.failed) == ("done", 4, 0)
    assert record(actor=sales, record_id=ids[0]).owner_id == crm_admin.id
    update_record(record_id=ids[1], values={"city": "Rome"}, actor=crm_admin, at=now)
    with pytest.raises(Forbidden):
        undoing.undo(bulk_id=done.public_id, actor=_other(now), at=now)
    undone = undoing.undo(bulk_id=done.public_id, actor=crm_admin, at=now)
    assert (undone.state, undone.undone, undone.skipped) == ("undone", 4, 1)
    assert cities(sales, ids) == ["Bern", "Rome", "Bern", "Bern"]
    rows = [record(actor=sales, record_id=one) for one in ids]
    assert {row.owner_id for row in rows} == {sales.id}
    assert all("industry" not in row.values for row in rows)
    (problem,) = bulk_info(actor=sales, bulk_id=done.public_id).problems
    assert problem["fields"] == ["City"]
    with pytest.raises(Conflict):
        undoing.undo(bulk_id=done.public_id, actor=sales, at=now)


def _other(now: datetime) -> Actor:
    from tests.people import make_member

    return make_member("otto", role="sales")


def test_a_value_changed_there_and_back_is_left_alone(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "account", name="A", city="Bern")
    done = bulk.start(type_key="account", act="edit", actor=sales, at=now, ids=[row.id], given={"city": "Basel"})
    for city in ("Rome", "Basel"):
        update_record(record_id=row.id, values={"city": city}, actor=sales, at=now)
    undone = undoing.undo(bulk_id=done.public_id, actor=sales, at=now)
    assert (undone.undone, undone.skipped) == (0, 1)
    assert cities(sales, [row.id]) == ["Basel"]


def test_a_bad_row_does_not_stop_the_others(sales: Actor, now: datetime) -> None:
    ids = [made(sales, now, "product", name=f"P{n}").id for n in range(5)]
    done = bulk.start(type_key="product", act="edit", actor=sales, at=now, ids=ids, given={"code": "ONE"})
    assert (done.changed, done.failed) == (1, 4)  # the code is unique: one has it, the others are told
    info = bulk_info(actor=sales, bulk_id=done.public_id)
    assert len(info.problems) == 4
    assert all("taken" in one["error"] for one in info.problems)


def test_a_guard_refuses_single_rows_once_each(sales: Actor, now: datetime) -> None:
    ids = [made(sales, now, "deal", name=f"D{n}").id for n in range(5)]

    def guard(batch: hooks.Batch) -> None:
        if held := [row.record for row in batch.rows if row.record.name == "D3"]:
            raise OnHold("Held.", act="stage", accounts=[one.public_id for one in held])

    hooks.before_write(guard)
    try:
        done = bulk.start(type_key="deal", act="edit", actor=sales, at=now, ids=ids, given={"stage": "won"})
    finally:
        hooks._guards.remove(guard)
    assert (done.changed, done.failed) == (4, 1)
    assert Event.objects.filter(kind="crm.hold.refused").count() == 1


def test_what_is_wrong_for_every_row_is_said_at_once(sales: Actor, now: datetime) -> None:
    row = made(sales, now, "deal", name="D")
    for given in ({}, {"amount": "much"}, {"expected": 3}, {"nothing": 1}):
        with pytest.raises(Invalid):
            bulk.start(type_key="deal", act="edit", actor=sales, at=now, ids=[row.id], given=given)
    with pytest.raises(NotFound):
        bulk.start(type_key="deal", act="edit", actor=sales, at=now, ids=[row.id], owner_id="nobody0000000000")
    assert not BulkEdit.objects.exists()


def test_only_ones_own_rows_are_taken(sales: Actor, crm_admin: Actor, now: datetime) -> None:
    mine = made(sales, now, "account", name="Mine").id
    hers = made(crm_admin, now, "account", name="Hers").id
    done = bulk.start(type_key="account", act="edit", actor=sales, at=now, every=True, ids=[], given={"city": "Bern"})
    assert done.total == 1
    assert cities(sales, [mine, hers]) == ["Bern", ""]
    profile = Profile.objects.create(key="none", label="None", rights={"*": {"read": "all", "edit": "all"}})
    Seat.objects.create(member_id=sales.id, profile=profile)
    with pytest.raises(Forbidden):
        bulk.start(type_key="account", act="edit", actor=sales, at=now, ids=[mine], given={"city": "Rome"})


def test_many_rows_go_on_after_a_crash(crm_admin: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    monkeypatch.setattr(undoing, "CHUNK", 2)
    ids = [made(crm_admin, now, "account", name=f"A{n}").id for n in range(7)]
    done = bulk.start(type_key="account", act="edit", actor=crm_admin, at=now, every=True, given={"city": "Bern"})
    assert done.state == "waiting"
    real, calls = bulk._chunk, []

    def broken(*given: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("killed")
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(bulk, "_chunk", broken)
    with pytest.raises(RuntimeError):
        tasks.call("crm.bulk_run", bulk_id=done.public_id)
    assert bulk_info(actor=crm_admin, bulk_id=done.public_id).done == 4
    tasks.call("crm.bulk_run", bulk_id=done.public_id)
    tasks.call("crm.bulk_run", bulk_id=done.public_id)  # and again: nothing happens twice
    info = bulk_info(actor=crm_admin, bulk_id=done.public_id)
    assert (info.state, info.changed, info.percent) == ("done", 7, 100)
    assert Event.objects.filter(kind="crm.record.changed").count() == 7
    undoing.undo(bulk_id=done.public_id, actor=crm_admin, at=now)
    tasks.call("crm.bulk_undo", bulk_id=done.public_id, actor_id=crm_admin.id)
    assert set(cities(crm_admin, ids)) == {""}


def test_who_may_not_any_more_changes_nothing_more(
    sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    ids = [made(sales, now, "account", name=f"A{n}").id for n in range(3)]
    done = bulk.start(type_key="account", act="edit", actor=sales, at=now, ids=ids, given={"city": "Bern"})
    profile = Profile.objects.create(key="none", label="None", rights={"*": {"read": "all", "edit": "none"}})
    Seat.objects.create(member_id=sales.id, profile=profile)
    tasks.call("crm.bulk_run", bulk_id=done.public_id)
    info = bulk_info(actor=sales, bulk_id=done.public_id)
    assert (info.state, info.changed, info.failed) == ("done", 0, 3)
    assert set(cities(sales, ids)) == {""}


def test_deleting_many_is_undone_and_the_bin_gives_back(sales: Actor, now: datetime) -> None:
    ids = [made(sales, now, "account", name=f"A{n}").id for n in range(3)]
    done = bulk.start(type_key="account", act="delete", actor=sales, at=now, ids=ids)
    assert done.changed == 3
    assert counted(actor=sales, type_key="account") == 0
    assert len(binned(actor=sales).items) == 3
    undoing.undo(bulk_id=done.public_id, actor=sales, at=now)
    assert counted(actor=sales, type_key="account") == 3
    delete_records(record_ids=ids[:2], actor=sales, at=now)
    back = bulk.start(type_key="account", act="restore", actor=sales, at=now, ids=ids[:1])
    assert (back.changed, back.failed) == (1, 0)
    purge(at=now + timedelta(days=31), actor=Actor.system("bin"))
    assert Record.objects.filter(public_id=ids[1]).count() == 0
    assert not BulkRow.objects.filter(record__public_id=ids[1]).exists()


def test_the_pages_preview_run_and_undo(sales: Actor, signed_in: Callable[[Actor], Client], now: datetime) -> None:
    browser = signed_in(sales)
    ids = [made(sales, now, "deal", name=f"D{n}", amount=100 + n).id for n in range(3)]
    chosen = {"ids": ids, "act": "edit"}
    page = browser.post("/crm/deal/change-many/", chosen).content.decode()
    assert "Change 3 records" in page
    chosen |= {"fields": ["amount", "stage"]}
    page = browser.post("/crm/deal/change-many/", {**chosen, "step": "choose"}).content.decode()
    assert 'name="value.amount"' in page
    wrong = {**chosen, "value.amount": "much", "value.stage": "won", "step": "preview"}
    page = browser.post("/crm/deal/change-many/", wrong).content.decode()
    assert 'value="much"' in page
    assert 'class="error"' in page
    good = {**chosen, "value.amount": "500", "value.stage": "won"}
    page = browser.post("/crm/deal/change-many/", {**good, "step": "preview"}).content.decode()
    assert "Before and after" in page
    assert record(actor=sales, record_id=ids[0]).values["amount"] == 100  # nothing is written yet
    answer = browser.post("/crm/deal/change-many/", {**good, "step": "run"})
    assert answer.status_code == 302
    assert record(actor=sales, record_id=ids[0]).values["stage"] == "won"
    page = browser.get(answer["Location"]).content.decode()
    assert "Undo" in page
    browser.post(answer["Location"])
    row = record(actor=sales, record_id=ids[2])
    assert (row.values["amount"], row.values["stage"], row.values["probability"]) == (102, "qualify", 10)
    assert row.values["is_won"] is False
    every = {"every": "yes", "filter": '{"field": "amount", "op": "gte", "value": 101}', "act": "delete"}
    page = browser.post("/crm/deal/change-many/", every).content.decode()
    assert "Delete 2 records" in page
    browser.post("/crm/deal/change-many/", {**every, "step": "run"})
    assert counted(actor=sales, type_key="deal") == 1
    page = browser.get("/crm/bin/").content.decode()
    assert "D2" in page
    browser.post("/crm/bin/", {"type": "deal", "ids": [ids[2]]})
    assert counted(actor=sales, type_key="deal") == 2


def test_one_does_not_see_the_changes_of_others(
    sales: Actor, signed_in: Callable[[Actor], Client], now: datetime
) -> None:
    row = made(sales, now, "deal", name="D")
    done = bulk.start(type_key="deal", act="edit", actor=sales, at=now, ids=[row.id], given={"amount": 5})
    assert signed_in(_other(now)).get(f"/crm/bulk/{done.public_id}/").status_code == 404
