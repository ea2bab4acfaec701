"""Exporting: what one may see, in three formats, nothing that a spreadsheet would run, held records left out."""

import csv
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import python_calamine

from fairboard.crm.models import AccountHold, Export, Profile, Record, Seat
from fairboard.crm.queries.exporting import disarmed
from fairboard.crm.services import exports
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Gone, NotFound
from fairboard.ledger.models import Event
from tests.crm import made

pytestmark = pytest.mark.django_db


def rows_of(row: Export, actor: Actor, at: datetime) -> list[list[Any]]:
    path, _name, _kind = exports.fetch(export_id=row.public_id, actor=actor, at=at)
    if row.format == "csv":
        with open(path, encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))
    if row.format == "xlsx":
        return list(python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filter_is_exported_as_people_read_it(sales: Actor, now: datetime, kind: str) -> None:
    account = made(sales, now, "account", name="=1+1", city="Bern", source="web", phone="+49 30 123456")
    made(sales, now, "account", name="Other", city="Basel")
    made(sales, now, "contact", last_name="-2+3", account=account.id, do_not_call="yes")
    found = exports.ask(type_key="account", format=kind, actor=sales, at=now, columns=["name", "source", "phone"],
                        tree={"field": "city", "op": "eq", "value": "Bern"})  # fmt: skip
    assert rows_of(found, sales, now) == [["Name", "Source", "Phone"], ["'=1+1", "Website", "+4930123456"]]
    found = exports.ask(type_key="contact", format=kind, actor=sales, at=now,
                        columns=["last_name", "account", "account.id", "do_not_call"])  # fmt: skip
    assert rows_of(found, sales, now)[1] == ["'-2+3", "'=1+1", account.id, "yes"]
    event = Event.objects.filter(kind="crm.export.written").latest("id")
    assert event.data == {"type": "contact", "format": kind, "records": 1, "withheld": 0, "columns": 4}


def test_json_lines_keep_values_as_they_are(sales: Actor, now: datetime) -> None:
    made(sales, now, "deal", name="+D", amount=12.5)
    found = exports.ask(type_key="deal", format="jsonl", actor=sales, at=now, columns=["id", "name", "amount", "stage"])
    (line,) = rows_of(found, sales, now)
    assert line["name"] == "+D"
    assert (line["amount"], line["stage"]) == (12.5, "qualify")


def test_hidden_fields_and_others_files_stay_where_they_are(
    sales: Actor, crm_admin: Actor, buyer: Actor, now: datetime
) -> None:
    made(sales, now, "account", name="A", email="a@example.org")
    profile = Profile.objects.get(key="sales")
    profile.fields = {"account.email": "hidden"}
    profile.save()
    Seat.objects.create(member_id=sales.id, profile=profile)
    found = exports.ask(type_key="account", format="csv", actor=sales, at=now)
    text = rows_of(found, sales, now)
    assert "E-mail" not in text[0]
    assert not any("a@example.org" in row for row in text)
    with pytest.raises(NotFound):
        exports.fetch(export_id=found.public_id, actor=crm_admin, at=now)
    with pytest.raises(Gone):
        exports.fetch(export_id=found.public_id, actor=sales, at=now + timedelta(days=8))
    profile.permissions = []
    profile.save()
    for actor in (sales, buyer):
        with pytest.raises(Forbidden):
            exports.ask(type_key="account", format="csv", actor=actor, at=now)


def test_records_of_accounts_on_hold_are_counted_not_shown(sales: Actor, lead: Actor, now: datetime) -> None:
    made(sales, now, "account", name="Open")
    held = made(sales, now, "account", name="Held")
    made(sales, now, "contact", last_name="Held", account=held.id)
    AccountHold.objects.create(account_id=held.pk, by=lead.id, at=now)
    found = exports.ask(type_key="account", format="csv", actor=sales, at=now, columns=["name"])
    assert rows_of(found, sales, now) == [["Name"], ["Open"]]
    assert (found.rows, found.withheld) == (1, 1)
    assert exports.ask(type_key="contact", format="jsonl", actor=sales, at=now).withheld == 1
    told = Event.objects.filter(kind="crm.hold.refused", subject_id=held.id)
    assert [one.data["act"] for one in told] == ["export", "export"]


def test_many_rows_are_written_in_the_background(sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    for number in range(3):
        made(sales, now, "account", name=f"A{number}")
    found = exports.ask(type_key="account", format="csv", actor=sales, at=now, columns=["name"])
    assert found.state == "queued"
    exports.carry_out(export_id=found.public_id, actor=sales, at=now)
    found.refresh_from_db()
    assert len(rows_of(found, sales, now)) == 4
    assert exports.throw_away(at=now + timedelta(days=8)) == 1
    assert Record.objects.count() == 3


@pytest.mark.parametrize(
    ("cell", "found"),
    [("=A1", "'=A1"), ("@x", "'@x"), ("\t=1", "'\t=1"), ("-1", "-1"), ("-1+1", "'-1+1"), ("+49301", "+49301"), (5, 5)],
)
def test_what_a_spreadsheet_would_run(cell: Any, found: Any) -> None:
    assert disarmed(cell) == found
