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


def test_bad_rows_are_named_and_the_good_ones_imported(sales: Actor, now: datetime, tmp_path: Path) -> None:
    made(sales, now, "contact", last_name="There", external_id="TAKEN")
    made(sales, now, "account", name="Twice")
    made(sales, now, "account", name="twice", city="Bern")
    text = (
        "Contact id;Last name;E-mail;Company;Source\n"
        "C1;Good;a@example.org;;Website\n"
        "C2;;b@example.org;;\n"
        "C3;Bad mail;nonsense;;\n"
        "C1;Again;c@example.org;;\n"
        "\n"
        "C4;No account;d@example.org;Nobody Ltd;\n"
        "C5;Two accounts;e@example.org;Twice;\n"
        "taken;Taken;f@example.org;;\n"
        "C6;Odd choice;g@example.org;;Carrier pigeon\n"
        "C7;Too many;h@example.org;;;more\n"
        "C8;Good;i@example.org;;event\n"
    )
    file = imported(sales, now, tmp_path, text, mode="create", match="")
    assert (file.created, file.bad) == (2, 8)
    found = problems(file)
    assert sorted(found) == [3, 4, 5, 7, 8, 9, 10, 11]
    assert found[3] == [["Last name", "", "Last name is needed."]]
    assert found[4][0][:2] == ["E-mail", "nonsense"]
    assert "Row 2" in found[5][0][2]
    assert found[7] == [["Company", "Nobody Ltd", "Account: there is no record for this."]]
    assert "several" in found[8][0][2]
    assert "taken by the record" in found[9][0][2]
    assert "Carrier pigeon" in found[10][0]
    assert "6 cells" in found[11][0][2]


def test_a_dry_run_says_the_same_and_writes_nothing(sales: Actor, now: datetime, tmp_path: Path) -> None:
    text = "Contact id,Last name,E-mail\nC1,One,a@example.org\nC2,,b@example.org\nC1,Two,c@example.org\n"
    file = imported(sales, now, tmp_path, text, dry_run=True)
    assert (file.created, file.bad) == (1, 2)
    assert Record.objects.count() == 0
    again = carried_out(file.job, sales, now)
    assert (again.created, again.bad, sorted(problems(again))) == (1, 2, [3, 4])
    assert Record.objects.count() == 1


def test_upsert_changes_creates_and_can_be_undone(sales: Actor, now: datetime, tmp_path: Path) -> None:
    old = made(sales, now, "contact", last_name="Old", city="Bern", external_id="C1")
    same = made(sales, now, "contact", last_name="Same", city="Basel", external_id="C2")
    touched = made(sales, now, "contact", last_name="Touched", external_id="C5")
    account = made(sales, now, "account", name="Bikes Ltd")
    text = (
        "Contact id,Last name,City,Company\nc1,New,Bonn,Bikes Ltd\nC2,Same,Basel,\nC3,Fresh,Köln,Bikes Ltd\nC4,Used,,\n"
        "C5,Other,,\n"
    )
    file = imported(sales, now, tmp_path, text)
    assert (file.mode, file.match) == ("upsert", "external_id")
    assert (file.created, file.updated, file.unchanged, file.bad) == (2, 2, 1, 0), problems(file)
    assert records(actor=sales, type_key="account").items[0].values["contacts"] == 2
    from fairboard.crm.services import import_undo
    from fairboard.crm.services.records import update_record

    used = Record.objects.get(data__external_id="C4")
    made(sales, now, "deal", name="D", contact=used.public_id)
    update_record(record_id=touched.id, values={"last_name": "Third"}, actor=sales, at=now)
    before = {row.pk: row.data for row in Record.objects.filter(pk=same.pk)}
    job = import_undo.ask(import_id=file.job.public_id, actor=sales, at=now, enqueue=False)
    import_undo.carry_out(job=job, actor=sales, at=now)
    job.refresh_from_db()
    assert job.state == "undone"
    assert {one["id"]: one["why"] for one in job.left} == {
        used.public_id: "other records point to it", touched.id: "changed since"
    }  # fmt: skip
    row = Record.objects.get(pk=old.pk)
    assert (row.data, row.name) == ({"last_name": "Old", "city": "Bern", "external_id": "C1"}, "Old")
    assert {row.pk: row.data for row in Record.objects.filter(pk=same.pk)} == before
    assert Record.objects.get(data__external_id="C3").deleted_at is not None
    assert Record.objects.get(pk=account.pk).data["contacts"] == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_files_of_any_encoding_and_separator(
    sales: Actor, now: datetime, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["Nachname", "E-Mail", "Ort", "Ort"], ["Müßig, Jr; | x", "m@example.org", "Köln\nDeutz", "x"],
            ["Ünal", "u@example.org", 'He said "so"', ""]]  # fmt: skip
    import csv
    import io

    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    file = imported(sales, now, tmp_path, stream.getvalue().encode(encoding))
    assert file.headings == ["Nachname", "E-Mail", "Ort", "Ort (2)"]
    assert (file.created, file.bad) == (2, 0), problems(file)
    first = Record.objects.get(data__email="m@example.org")
    assert first.data == {"last_name": "Müßig, Jr; | x", "email": "m@example.org", "city": "Köln Deutz"}


def test_a_spreadsheet(sales: Actor, now: datetime, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([["Name", "Amount", "Close date", "External id"], ["A year", 1200.5, now.replace(
            tzinfo=None), 17], ["Other", "much", "2026-12-31", 18]]):  # fmt: skip
            sheet.write_row(at, 0, row)
    file = imported(sales, now, tmp_path, path.read_bytes(), "book.xlsx", type_key="deal")
    assert (file.created, sorted(problems(file))) == (1, [3])
    deal = records(actor=sales, type_key="deal").items[0]
    assert (deal.values["amount"], deal.values["close_date"], deal.values["external_id"]) == (
        1200.5, now.date().isoformat(), "17"
    )  # fmt: skip
    assert (deal.values["stage"], deal.values["probability"], deal.values["expected"]) == ("qualify", 10, 120.05)


@pytest.mark.django_db(transaction=True)
def test_rows_are_found_by_a_field_without_an_index(
    sales: Actor, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "FEW", 0)
    made(sales, now, "account", name="Bikes LTD", city="Bern")
    old = made(sales, now, "account", name="Other", phone="+49 30 123456")
    text = "Name,Phone,Part of\nBetter,+49 (0)30 123456,bikes ltd\nFresh,+49 30 999999,\n"
    file = imported(sales, now, tmp_path, text, type_key="account", mode="upsert", match="phone")
    assert (file.created, file.updated, file.bad) == (1, 1, 0), problems(file)
    row = Record.objects.get(public_id=old.id)
    assert (row.name, Record.objects.get(public_id=row.data["parent"]).name) == ("Better", "Bikes LTD")


def test_what_was_imported_and_what_was_changed_is_found_by_search(sales: Actor, now: datetime, tmp_path: Path) -> None:
    from fairboard.crm.queries.search import search

    made(sales, now, "contact", last_name="Oldname", external_id="C1")
    text = "Contact id,Last name\nC1,Renamed\nC2,Freshly\n"
    imported(sales, now, tmp_path, text, mode="upsert", match="external_id")
    for word, count in (("renamed", 1), ("freshly", 1), ("oldname", 0)):
        assert len(search(actor=sales, text=word)) == count, word
