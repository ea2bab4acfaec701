"""Salesforce's own files go in by one command, from a folder or a ZIP, and by the page, without any mapping."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from typer.testing import CliRunner

from fairboard.cli.crm import crm_app
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Import, Record
from fairboard.crm.tasks_data import run_import
from fairboard.kit.actors import Actor
from tests.crm.salesforce import salesforce, zipped
from tests.people import client_of

pytestmark = pytest.mark.django_db

NAMES = ("Account.csv", "Contact.csv", "Lead.csv", "Opportunity.csv")
LINES = {
    "Account.csv (Accounts): 20 created, 0 updated, 0 unchanged, 0 refused, 0 without some values.",
    "Contact.csv (Contacts): 60 created, 0 updated, 0 unchanged, 0 refused, 0 without some values.",
    "Opportunity.csv (Deals): 20 created, 0 updated, 0 unchanged, 0 refused, 0 without some values.",
    "Lead.csv (Leads): 5 created, 0 updated, 0 unchanged, 0 refused, 0 without some values.",
}


@pytest.fixture
def four() -> dict[str, str]:
    """Four of the files of an export; no campaign, so what deals say of theirs leads nowhere."""
    made = salesforce(1)
    files = {name: made[name] for name in NAMES}
    heading, *rows = files["Opportunity.csv"].splitlines()
    assert "CampaignId" in heading
    files["Opportunity.csv"] = "\r\n".join([heading, *(row.replace(campaign_of(row), '""') for row in rows)])
    return files


def campaign_of(row: str) -> str:
    return next(cell for cell in row.split(",") if cell.startswith('"701'))


def check() -> None:
    """What the files say is there, tied together."""
    kept = {
        key: {row.public_id: row.data for row in Record.objects.filter(type_id=catalogue().type(key).id)}
        for key in ("account", "contact", "lead", "deal")
    }
    assert {key: len(rows) for key, rows in kept.items()} == {"account": 20, "contact": 60, "lead": 5, "deal": 20}
    assert all(row["account"] in kept["account"] for row in kept["contact"].values())
    assert all(row["account"] in kept["account"] for row in kept["deal"].values())
    third = next(row for row in kept["account"].values() if row["name"] == "Motor House 3")
    assert (third["city"], third["cf_fleet_size"]) == ("Austin", 9)
    won = [row for row in kept["deal"].values() if row["stage"] == "won"]
    assert won
    assert all(row["is_won"] for row in won)


@pytest.mark.parametrize("shape", ["folder", "zip"])
def test_by_the_command(shape: str, four: dict[str, str], tmp_path: Path, crm_admin: Actor) -> None:
    target = tmp_path / "export"
    if shape == "folder":
        target.mkdir()
        for name, text in four.items():
            (target / name).write_text(text)
        (target / "readme.pdf").write_bytes(b"no table")
    else:
        target = tmp_path / "WE_00D.zip"
        target.write_bytes(zipped(four))
    done = CliRunner().invoke(crm_app, ["import", str(target)])
    assert done.exit_code == 0, done.output
    assert set(done.output.splitlines()) >= LINES
    check()
    again = CliRunner().invoke(crm_app, ["import", str(target)])
    assert again.output.count(" 0 created, 0 updated") == 4


def test_a_folder_without_tables_is_refused(tmp_path: Path, crm_admin: Actor) -> None:
    assert CliRunner().invoke(crm_app, ["import", str(tmp_path)]).exit_code == 1
    assert CliRunner().invoke(crm_app, ["import", str(tmp_path / "nothing.csv")]).exit_code == 1
    assert not Import.objects.exists()


def test_by_the_page(four: dict[str, str], crm_admin: Actor, now: datetime) -> None:
    client = client_of(crm_admin)
    files: list[Any] = [SimpleUploadedFile(name, text.encode()) for name, text in four.items()]
    client.post(reverse("crm:imports"), {"file": files})
    job = Import.objects.get()
    page = reverse("crm:import", args=[job.public_id])
    body = client.get(page).content.decode()
    assert all(name in body for name in NAMES)
    answer = client.post(page, {"act": "start"})
    assert answer.status_code == 302
    run_import(job.public_id)
    assert [(one.name, one.bad) for one in job.files.order_by("position")] == [
        ("Account.csv", 0), ("Contact.csv", 0), ("Opportunity.csv", 0), ("Lead.csv", 0)
    ]  # fmt: skip
    check()
