"""The pages of data in and out: upload, choose, try, import, undo; entering twice; merging side by side."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fairboard.crm.models import DuplicatePair, Import, Merge, Record
from fairboard.crm.tasks_data import run_import, search_duplicates, undo_import
from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.crm import made
from tests.people import client_of

pytestmark = pytest.mark.django_db


def upload(name: str = "contacts.csv", text: str = "Last name,E-mail,Firma\nRoe,roe@example.org,Bikes\n,x,\n") -> Any:
    return SimpleUploadedFile(name, text.encode())


def test_from_the_file_to_records_and_back(sales: Actor, now: datetime) -> None:
    client = client_of(sales)
    answer = client.post(reverse("crm:imports"), {"file": upload(), "type": "contact"})
    job = Import.objects.get()
    page = reverse("crm:import", args=[job.public_id])
    assert answer["Location"] == page
    file = job.files.get()
    body = client.get(page).content.decode()
    assert "roe@example.org" in body
    assert f"{file.public_id}.2.by" in body
    given = {
        f"{file.public_id}.type": "contact", f"{file.public_id}.mode": "create", f"{file.public_id}.match": "",
        f"{file.public_id}.0.field": "last_name", f"{file.public_id}.1.field": "email",
        f"{file.public_id}.2.field": "account", f"{file.public_id}.2.by": "name", f"{file.public_id}.2.create": "on",
    }  # fmt: skip
    wrong = client.post(page, {**given, f"{file.public_id}.0.field": "", "act": "start"})
    assert wrong.status_code == 422
    assert "Last name" in wrong.content.decode()
    client.post(page, {**given, "act": "try"})
    run_import(job.public_id)
    assert Record.objects.count() == 0
    assert "Nothing was written" in client.get(page).content.decode()
    client.post(page, {**given, "act": "start"})
    run_import(job.public_id)
    assert {row.name for row in Record.objects.filter(deleted_at=None)} == {"Roe", "Bikes"}
    body = client.get(page).content.decode()
    assert "Last name is needed." in body
    refused = client.get(reverse("crm:import_refused", args=[job.public_id, file.public_id]))
    text = b"".join(refused.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[1].startswith(",x,,3,")
    client.post(page, {"act": "undo"})
    undo_import(job.public_id)
    assert Record.objects.filter(deleted_at=None).count() == 0
    assert Import.objects.get().state == "undone"


@pytest.mark.parametrize("text", ["", "\n\n", "a", "Last name\n"])
def test_a_file_that_is_none_is_refused_in_words(sales: Actor, text: str) -> None:
    answer = client_of(sales).post(reverse("crm:imports"), {"file": upload("x.csv", text)})
    assert answer.status_code == 422
    assert "x.csv" in answer.content.decode()
    assert client_of(sales).post(reverse("crm:imports"), {}).status_code == 422
    broken = SimpleUploadedFile("x.zip", b"PK\x03\x04nonsense")
    assert client_of(sales).post(reverse("crm:imports"), {"file": broken}).status_code == 422


def test_others_imports_are_not_there(sales: Actor, make_member: Callable[..., Actor]) -> None:
    client_of(sales).post(reverse("crm:imports"), {"file": upload()})
    page = reverse("crm:import", args=[Import.objects.get().public_id])
    assert client_of(make_member("other", role="sales")).get(page).status_code == 404
    assert client_of(make_member("member")).get(page).status_code == 403


def test_pairs_are_found_merged_and_taken_apart(sales: Actor, now: datetime) -> None:
    one = made(sales, now, "account", name="Bikes GmbH", city="Bern", phone="+41 44 668 18 00")
    two = made(sales, now, "account", name="Bikes", city="Biel", email="info@bikes.example", phone="+41 44 668 18 01")
    Record.objects.filter(pk=two.pk).update(data={**two.values, "phone": "+41446681800"})
    client = client_of(sales)
    from fairboard.crm.models import DuplicateScan, MatchKey

    MatchKey.objects.all().delete()
    client.post(reverse("crm:duplicates"), {"act": "search", "type": "account"})
    search_duplicates(DuplicateScan.objects.get().public_id)
    assert DuplicatePair.objects.get().score >= 80
    assert "same phone" in client.get(reverse("crm:duplicates")).content.decode()
    merge_page = reverse("crm:merge")
    shown = client.get(merge_page, {"r": [one.id, two.id]}).content.decode()
    assert "Biel" in shown
    given = {"r": [one.id, two.id], "survivor": one.id, "f.city": two.id}
    assert "No other record points to them." in client.post(merge_page, {**given, "act": "try"}).content.decode()
    client.post(merge_page, {**given, "act": "merge"})
    row = Record.objects.get(pk=one.pk)
    assert (row.data["city"], row.data["email"]) == ("Biel", "info@bikes.example")
    client.post(reverse("crm:merge_undo", args=[Merge.objects.get().public_id]))
    assert Record.objects.get(pk=one.pk).data["city"] == "Bern"
    assert Record.objects.get(pk=two.pk).deleted_at is None


def test_the_api_asks_imports_and_merges(sales: Actor, now: datetime) -> None:
    one, two = made(sales, now, "account", name="North"), made(sales, now, "account", name="South", city="Bern")
    caller = Caller(sales)
    found = caller.post("/crm/merge", {"records": [one.id, two.id], "survivor": one.id, "dry_run": True}).json()
    assert (found["values"]["city"], found["merge_id"]) == ("Bern", "")
    answer = caller.post("/crm/duplicates/candidates", {"type": "account", "values": {"name": "South", "city": "bern"}})
    assert [row["id"] for row in answer.json()] == [two.id]
    answer = caller.client.post("/api/v1/crm/imports", {"file": upload()}, headers=caller.headers)
    assert answer.status_code == 201
    job = answer.json()
    assert job["files"][0]["type_key"] == "contact"
    path = f"/crm/imports/{job['id']}"
    assert caller.post(f"{path}/start", {"dry_run": True}).status_code == 202
    run_import(job["id"])
    assert caller.get(path).json()["state"] == "done"
    assert caller.get(f"{path}/problems").json()[0]["row"] == 2
