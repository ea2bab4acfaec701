"""Deals: leads converted whole or not at all, quotes with lines, invoices of accepted ones."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from fairboard.crm import hooks
from fairboard.crm.hooks import Batch
from fairboard.crm.models import Record
from fairboard.crm.queries.deals import alike
from fairboard.crm.queries.records import record
from fairboard.crm.services.conversion import convert_lead
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid
from tests.crm import made

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


def test_a_lead_becomes_account_contact_and_deal(sales: Actor, now: datetime, signed_in: Browser) -> None:
    lead = made(sales, now, "lead", first_name="Ann", last_name="Keller", company="Bikes Ltd", source="web",
                email="ann@bikes.example")  # fmt: skip
    note = made(sales, now, "note", text="Wants a year.", about=lead.id)
    mail = made(sales, now, "mail", subject="Hello", about=[lead.id])
    client = signed_in(sales)
    path = reverse("crm:convert", args=[lead.id])
    assert "A new account" in client.get(path).content.decode()
    answer = client.post(path, {"with_deal": "yes", "name": "A year of ads", "amount": "1,200"})
    assert answer.status_code == 302
    kept = record(actor=sales, record_id=lead.id).values
    assert kept["status"] == "converted"
    contact = record(actor=sales, record_id=kept["converted_contact"])
    deal = record(actor=sales, record_id=kept["converted_deal"])
    assert (contact.name, contact.values["account"]) == ("Ann Keller", kept["converted_account"])
    assert (deal.values["amount"], deal.values["source"], deal.values["account"]) == (
        1200,
        "web",
        kept["converted_account"],
    )
    assert record(actor=sales, record_id=note.id).values["about"] == contact.id
    assert record(actor=sales, record_id=mail.id).values["about"] == [lead.id, contact.id]
    assert client.post(path, {}).status_code == 409


def test_who_is_there_already_is_found(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes Ltd")
    contact = made(sales, now, "contact", last_name="Keller", email="ann@bikes.example")
    lead = made(sales, now, "lead", last_name="Keller", company="Bikes Ltd", email="ANN@bikes.example")
    found = alike(actor=sales, lead=lead)
    assert [one.id for one in found.accounts] == [account.id]
    assert [one.id for one in found.contacts] == [contact.id]
    done = convert_lead(lead_id=lead.id, account_id=account.id, contact_id=contact.id, deal=None, actor=sales, at=now)
    assert (done.account_id, done.contact_id, done.deal_id) == (account.id, contact.id, "")
    assert record(actor=sales, record_id=contact.id).values["account"] == account.id


def test_a_conversion_that_fails_leaves_nothing(sales: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = made(sales, now, "lead", last_name="Keller", company="Bikes Ltd")
    with pytest.raises(Invalid):
        convert_lead(lead_id=lead.id, account_id="", contact_id="", deal={"amount": "lots"}, actor=sales, at=now)
    assert not Record.objects.filter(type__key__in=["account", "contact", "deal"]).exists()

    def refuse(batch: Batch) -> None:
        if batch.type.key == "deal":
            raise Conflict("No.")

    monkeypatch.setattr(hooks, "_guards", [refuse])
    with pytest.raises(Conflict):
        convert_lead(lead_id=lead.id, account_id="", contact_id="", deal={}, actor=sales, at=now)
    assert not Record.objects.filter(type__key__in=["account", "contact", "deal"]).exists()
    assert record(actor=sales, record_id=lead.id).values.get("status") != "converted"


def test_a_quote_with_lines_becomes_a_document_and_an_invoice(sales: Actor, now: datetime, signed_in: Browser) -> None:
    account = made(sales, now, "account", name="Bikes #Ltd *", street="Long 5", city="Bern")
    product = made(sales, now, "product", name="Top ad", price=25)
    quote = made(sales, now, "quote", name="A year", account=account.id, discount=10, terms="30 days\n$pay #now")
    client = signed_in(sales)
    path = reverse("crm:quote", args=[quote.id])

    def sent(*lines: tuple[str, str, str, str, str, str], op: str = "save") -> dict[str, object]:
        keys = ("id", "product", "name", "quantity", "price", "discount")
        return {f"line.{key}": [line[at] for line in lines] for at, key in enumerate(keys)} | {"op": op}

    answer = client.post(path, sent(("", product.id, "", "2", "", ""), ("", "", "Set-up", "x", "100", "")))
    assert answer.status_code == 422
    assert 'value="Set-up"' in answer.content.decode()
    assert not Record.objects.filter(type__key="quote_line").exists()
    client.post(
        path, sent(("", product.id, "", "2", "", ""), ("", "", "Set-up", "1", "100", "50"), ("", "", "", "", "", ""))
    )
    kept = record(actor=sales, record_id=quote.id).values
    assert (kept["subtotal"], kept["total"]) == (100, 90)
    first = Record.objects.get(type__key="quote_line", name="Top ad")
    client.post(path, sent((first.public_id, product.id, "Top ad", "4", "25", "")))
    kept = record(actor=sales, record_id=quote.id).values
    assert (kept["subtotal"], kept["total"]) == (100, 90)
    assert Record.objects.filter(type__key="quote_line", deleted_at=None).count() == 1
    answer = client.get(reverse("crm:quote_pdf", args=[quote.id]))
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) > 5_000
    answer = client.post(path, {"op": "accept"})
    assert answer.status_code == 302
    invoice = Record.objects.get(type__key="invoice")
    assert invoice.data["amount"] == 90
    assert invoice.data["number"].endswith("-00001")
    assert client.post(path, {"op": "accept"}).status_code == 409
    assert Record.objects.filter(type__key="invoice").count() == 1
    second = made(sales, now, "quote", name="More", account=account.id)
    client.post(reverse("crm:quote", args=[second.id]), sent(("", product.id, "", "1", "", "")))
    client.post(reverse("crm:quote", args=[second.id]), {"op": "accept"})
    assert sorted(one.data["number"][-5:] for one in Record.objects.filter(type__key="invoice")) == ["00001", "00002"]
