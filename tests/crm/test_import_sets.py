"""What Salesforce and HubSpot export is imported as it comes: recognised, in order, relations and stages kept."""

from datetime import datetime
from pathlib import Path

import pytest

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Record
from fairboard.crm.services import imports
from fairboard.kit.actors import Actor
from tests.crm.salesforce import hubspot, salesforce, zipped
from tests.crm.test_import import carried_out, problems

pytestmark = pytest.mark.django_db


def of(key: str) -> dict[str, Record]:
    found = Record.objects.filter(type_id=catalogue().type(key).id, deleted_at=None)
    return {row.data["external_id"]: row for row in found}


def test_a_salesforce_export_in_one_archive(crm_admin: Actor, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "WE_00D.zip"
    path.write_bytes(zipped(salesforce(1)))
    job = imports.take_in(given=[(path.name, path)], actor=crm_admin, at=now)
    files = list(job.files.order_by("position"))
    assert [one.type_key for one in files] == ["account", "campaign", "product", "contact", "deal", "lead", "task"]
    carried_out(job, crm_admin, now)
    for file in job.files.order_by("position"):
        assert file.bad == 0, (file.name, problems(file))
    accounts, contacts, deals, tasks = of("account"), of("contact"), of("deal"), of("task")
    assert (len(accounts), len(contacts), len(deals), len(tasks)) == (20, 60, 20, 6)
    by_id = {row.public_id: key for key, row in (accounts | contacts).items()}
    assert all(len(key) == 18 for key in accounts)
    assert all(by_id[row.data["account"]] in accounts for row in contacts.values())
    assert {by_id[row.data["about"]][:3] for row in tasks.values()} == {"001", "003"}
    assert {row.data["stage"] for row in deals.values()} == {"qualify", "meet", "propose", "negotiate", "won", "lost"}
    fleet = next(row for row in deals.values() if row.data["probability"] == 45)
    assert fleet.data["stage"] == "propose"
    assert all(row.data["is_won"] for row in deals.values() if row.data["stage"] == "won")
    third = next(row for row in accounts.values() if row.name == "Motor House 3")
    assert by_id[third.data["parent"]] == next(key for key, row in accounts.items() if row.name == "Motor House 0")
    assert third.data["cf_fleet_size"] == 9
    assert third.data["cf_dealer_tier"] in {"Gold", "Silver", "gold", "silver"}
    assert sum(row.data.get("contacts", 0) for row in accounts.values()) == 60
    again = imports.take_in(given=[(path.name, path)], actor=crm_admin, at=now)
    carried_out(again, crm_admin, now)
    assert {(one.created, one.updated, one.bad) for one in again.files.all()} == {(0, 0, 0)}


def test_hubspot_exports_in_any_order(sales: Actor, now: datetime, tmp_path: Path) -> None:
    given = []
    for name, text in hubspot(1).items():
        path = tmp_path / name
        path.write_text(text)
        given.append((name, path))
    job = imports.take_in(given=given, actor=sales, at=now)
    assert job.source == "hubspot"
    carried_out(job, sales, now)
    for file in job.files.order_by("position"):
        assert file.bad == 0, (file.name, problems(file))
    companies, contacts, deals = of("account"), of("contact"), of("deal")
    assert (len(companies), len(contacts), len(deals)) == (6, 8, 6)
    assert contacts["502"].data["last_name"] == "kim2@example.org"
    assert deals["9003"].data["account"] == companies["103"].public_id
    assert deals["9003"].data["contact"] == contacts["503"].public_id
    assert companies["101"].data["industry"] == "vehicles"
    assert companies["101"].data["lifecycle"] == "customer"
