"""Importing: rows become the records a page would make of them, and what cannot be is named."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fairboard.crm.models import Import, ImportFile, ImportProblem, Record
from fairboard.crm.queries.records import records
from fairboard.crm.services import importing, imports
from fairboard.kit.actors import Actor
from tests.crm import made

pytestmark = pytest.mark.django_db


def imported(actor: Actor, at: datetime, tmp_path: Path, text: str | bytes, name: str = "contacts.csv", *,
             dry_run: bool = False, options: dict[str, Any] | None = None, **given: Any) -> ImportFile:  # fmt: skip
    """Import one file of this text."""
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    job = imports.take_in(given=[(name, path)], actor=actor, at=at, type_key=given.pop("type_key", "contact"))
    file = job.files.get()
    if given:
        imports.configure(import_id=job.public_id, file_id=file.public_id, actor=actor, **given)
    return carried_out(job, actor, at, dry_run=dry_run, options=options)


def carried_out(job: Import, actor: Actor, at: datetime, *, dry_run: bool = False,
                options: dict[str, Any] | None = None) -> ImportFile:  # fmt: skip
    imports.start(import_id=job.public_id, actor=actor, at=at, dry_run=dry_run, enqueue=False, options=options)
    taken = importing.claim(import_id=job.public_id, at=at)
    assert taken is not None
    list(importing.run(job=taken, actor=actor, at=at, now=lambda: at))
    job.refresh_from_db()
    assert job.state == "done", job.message
    found = job.files.first()
    assert found is not None
    return found


def problems(file: ImportFile) -> dict[int, list[list[str]]]:
    return {one.row: one.problems for one in ImportProblem.objects.filter(file=file)}


def test_the_same_rows_by_page_and_by_import_are_the_same_records(sales: Actor, now: datetime, tmp_path: Path) -> None:
    account = made(sales, now, "account", name="Bikes Ltd", external_id="A1")
    rows = [
        {"first_name": "Anna", "last_name": "Müller", "email": "Anna@Example.org", "phone": "+49 30 123456",
         "account": "A1", "source": "Website", "do_not_call": "yes", "external_id": "C1", "description": "a\nb"},
        {"first_name": " Ben ", "last_name": "O'Neil  Jr", "email": "ben@example.org", "phone": "+1 (212) 555-0100",
         "account": "", "source": "event", "do_not_call": "", "external_id": "C2", "description": ""},
    ]  # fmt: skip
    import csv
    import io

    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    file = imported(sales, now, tmp_path, stream.getvalue().replace("account", "Account id"))
    assert (file.created, file.bad) == (2, 0), problems(file)
    by_import = {one.values["external_id"]: one for one in records(actor=sales, type_key="contact").items}
    for row in rows:
        key = row["external_id"]
        page = made(sales, now, "contact", **{**row, "account": account.id if row["account"] else None,
                                              "external_id": f"{key}-page", "email": f"page-{row['email']}",
                                              "phone": "+49 89 998877"})  # fmt: skip
        mine = by_import[key]
        different = {"external_id", "email", "phone"}
        assert {k: v for k, v in mine.values.items() if k not in different} == {
            k: v for k, v in page.values.items() if k not in different
        }
        assert (mine.name, mine.owner_id, mine.version, mine.record_type) == (
            page.name, page.owner_id, page.version, page.record_type
        )  # fmt: skip
    assert by_import["C1"].values["email"] == "anna@example.org"
    account_row = Record.objects.get(public_id=account.id)
    assert account_row.data["contacts"] == 2
