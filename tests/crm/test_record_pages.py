"""The record page and its forms: what is shown, what is kept, what a conflict does."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairboard.crm.models import Profile, StageLog
from fairboard.crm.queries.records import record
from fairboard.crm.services.records import update_record
from fairboard.kit.actors import Actor
from tests.crm import made

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


def form_of(client: Client, path: str) -> dict[str, Any]:
    """The hidden inputs of a form, as a browser would send them."""
    body = client.get(path).content.decode()
    part = body[body.index('id="record-form"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', part)
    plain = {name: value.replace("&quot;", '"').replace("&#x22;", '"').replace("&amp;", "&") for name, value in found}
    return {name: value for name, value in plain.items() if name != "csrfmiddlewaretoken"}


def test_a_record_page_shows_what_belongs_to_it(sales: Actor, now: datetime, signed_in: Browser) -> None:
    account = made(
        sales, now, "account", name="Bikes Ltd", website="https://bikes.example", description="First\n\nSecond"
    )
    made(sales, now, "contact", last_name="Keller", account=account.id)
    deal = made(sales, now, "deal", name="A year of ads", account=account.id, amount=1200)
    made(sales, now, "task", subject="Call back", about=account.id, status="open")
    made(sales, now, "note", text="They want a discount.", about=account.id)
    client = signed_in(sales)
    body = unescape(client.get(reverse("crm:record", args=["account", account.id])).content.decode())
    for part in ("Bikes Ltd", "Keller", "A year of ads", "Call back", "They want a discount.", "bikes.example"):
        assert part in body, part
    assert f"/crm/contact/new/?account={account.id}" in body
    page = client.get(reverse("crm:record", args=["deal", deal.id]))
    assert page.status_code == 200
    assert 'aria-current="step"' in page.content.decode()
    assert client.get(reverse("crm:record", args=["contact", deal.id])).status_code == 404


def test_a_form_creates_and_keeps_what_was_typed(sales: Actor, now: datetime, signed_in: Browser) -> None:
    account = made(sales, now, "account", name="Bikes Ltd")
    client = signed_in(sales)
    path = reverse("crm:create", args=["deal"]) + f"?account={account.id}&name=Big+one"
    body = client.get(path).content.decode()
    assert 'value="Big one"' in body
    assert f'value="{account.id}" checked' in body
    sent = form_of(client, path) | {
        "name": "Big one",
        "amount": "lots",
        "account": account.id,
        "close_date": "2026-12-24",
    }
    answer = client.post(path, sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="lots"' in text
    assert 'id="f-amount-error"' in text
    assert "2026-12-24" in text
    assert f'value="{account.id}" checked' in text
    answer = client.post(path, sent | {"amount": "1.250,50"})
    assert answer.status_code == 302
    kept = record(actor=sales, record_id=answer["Location"].split("/")[3])
    assert kept.values["amount"] == 1250.5
    assert kept.values["account"] == account.id
    assert kept.owner_id == sales.id


def test_a_record_is_picked_without_scripts(sales: Actor, now: datetime, signed_in: Browser) -> None:
    account = made(sales, now, "account", name="Bikes Ltd", city="Bern")
    made(sales, now, "account", name="Cars Ltd")
    client = signed_in(sales)
    path = reverse("crm:create", args=["contact"])
    sent = form_of(client, path) | {"last_name": "Keller", "_q.account": "bike", "op": "find:account"}
    body = client.post(path, sent).content.decode()
    assert f'name="account" value="{account.id}"' in body
    assert "Cars Ltd" not in body
    assert 'value="Keller"' in body
    found = client.get(reverse("crm:pick", args=["contact", "account"]), {"q": "bike"}).content.decode()
    assert account.id in found
    assert "Bern" in found


def test_a_conflict_shows_both_values_and_loses_nothing(
    sales: Actor, now: datetime, signed_in: Browser, make_member: Any
) -> None:
    row = made(sales, now, "account", name="Bikes", city="Bern")
    client = signed_in(sales)
    path = reverse("crm:edit", args=["account", row.id])
    opened = form_of(client, path)
    other = make_member("otto", role="admin")
    update_record(record_id=row.id, values={"city": "Basel", "street": "Rhine 1"}, actor=other, at=now)
    typed = json.loads(opened["_was"])
    flat = {key: value for key, value in typed.items() if value} | {"city": "Zug", "postal_code": "6300"}
    answer = client.post(path, opened | flat)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="Zug"' in body
    assert "Basel" in body
    assert "Otto" in body
    again = form_fields(body)
    assert client.post(path, again | flat | {"street": "Rhine 1"}).status_code == 302
    kept = record(actor=sales, record_id=row.id).values
    assert (kept["city"], kept["street"], kept["postal_code"]) == ("Zug", "Rhine 1", "6300")


def form_fields(body: str) -> dict[str, str]:
    part = body[body.index('id="record-form"') :]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', part)
    return {
        name: value.replace("&quot;", '"').replace("&#x22;", '"').replace("&amp;", "&")
        for name, value in found if name != "csrfmiddlewaretoken"
    }  # fmt: skip


def test_changes_that_do_not_meet_are_brought_together(sales: Actor, now: datetime, signed_in: Browser) -> None:
    row = made(sales, now, "account", name="Bikes")
    client = signed_in(sales)
    path = reverse("crm:edit", args=["account", row.id])
    opened = form_of(client, path)
    update_record(record_id=row.id, values={"street": "Rhine 1"}, actor=sales, at=now)
    assert client.post(path, opened | {"name": "Bikes", "city": "Zug"}).status_code == 302
    kept = record(actor=sales, record_id=row.id).values
    assert (kept["city"], kept["street"]) == ("Zug", "Rhine 1")


def test_a_profile_hides_and_locks_fields(sales: Actor, now: datetime, signed_in: Browser) -> None:
    row = made(sales, now, "account", name="Bikes", vat_id="CHE-1", city="Bern")
    Profile.objects.filter(key="sales").update(fields={"account.vat_id": "hidden", "account.city": "read"})
    client = signed_in(sales)
    page = client.get(reverse("crm:record", args=["account", row.id])).content.decode()
    assert "CHE-1" not in page
    assert "Bern" in page
    path = reverse("crm:edit", args=["account", row.id])
    body = client.get(path).content.decode()
    assert 'name="city"' not in body
    assert "CHE-1" not in body
    client.post(
        path, form_of(client, path) | {"name": "Bikes", "city": "Zug", "_fields": "name,city,vat_id", "vat_id": "x"}
    )
    assert record(actor=Actor.system("t"), record_id=row.id).values["city"] == "Bern"
    assert record(actor=Actor.system("t"), record_id=row.id).values["vat_id"] == "CHE-1"


def test_a_deal_moves_by_one_click_and_its_stays_are_kept(sales: Actor, now: datetime, signed_in: Browser) -> None:
    deal = made(sales, now, "deal", name="D", amount=10)
    client = signed_in(sales)
    path = reverse("crm:stage", args=["deal", deal.id])
    client.post(path, {"stage": "propose"})
    assert record(actor=sales, record_id=deal.id).values["stage"] == "propose"
    client.post(path, {"stage": "lost"})
    assert record(actor=sales, record_id=deal.id).values["stage"] == "propose"
    client.post(path, {"stage": "lost", "lost_reason": "price"})
    kept = record(actor=sales, record_id=deal.id).values
    assert (kept["stage"], kept["lost_reason"], kept["is_closed"]) == ("lost", "price", True)
    stays = list(StageLog.objects.order_by("pk").values_list("stage", "left_at"))
    assert [one for one, _left in stays] == ["qualify", "propose", "lost"]
    assert [left is None for _one, left in stays] == [False, False, True]


def test_sharing_owner_bin(sales: Actor, now: datetime, signed_in: Browser, make_member: Any) -> None:
    row = made(sales, now, "account", name="Bikes")
    Profile.objects.filter(key="sales").update(
        rights={"*": {"read": "own", "edit": "own", "delete": "own", "create": True}}
    )
    otto = make_member("otto", role="sales")
    client, other = signed_in(sales), signed_in(otto)
    page = reverse("crm:record", args=["account", row.id])
    assert other.get(page).status_code == 404
    client.post(reverse("crm:share", args=["account", row.id]), {"member": otto.id})
    assert other.get(page).status_code == 200
    assert other.get(reverse("crm:edit", args=["account", row.id])).status_code == 403
    client.post(reverse("crm:share", args=["account", row.id]), {"member": otto.id, "op": "remove"})
    assert other.get(page).status_code == 404
    client.post(reverse("crm:delete", args=["account", row.id]))
    assert "bin" in client.get(page).content.decode()
    client.post(reverse("crm:restore", args=["account", row.id]))
    client.post(reverse("crm:own", args=["account", row.id]), {"owner": otto.id})
    assert client.get(page).status_code == 404
    assert other.get(page).status_code == 200


def test_a_page_of_every_type_opens(sales: Actor, now: datetime, signed_in: Browser, crm_admin: Actor) -> None:
    client = signed_in(crm_admin)
    account = made(sales, now, "account", name="A")
    given: dict[str, dict[str, Any]] = {
        "contact": {"last_name": "x"}, "lead": {"last_name": "x"}, "product": {"name": "x"},
        "quote": {"name": "x"}, "invoice": {"number": "1", "account": account.id}, "campaign": {"name": "x"},
        "call": {"subject": "x"}, "meeting": {"subject": "x", "starts_at": "2026-01-02 10:00"}, "note": {"text": "x"},
        "mail": {"subject": "x"}, "task": {"subject": "x"}, "deal": {"name": "x"},
    }  # fmt: skip
    for key, values in given.items():
        row = made(sales, now, key, **values)
        for name in ("crm:record", "crm:edit", "crm:changes"):
            assert client.get(reverse(name, args=[key, row.id])).status_code == 200, (name, key)
        assert client.get(reverse("crm:create", args=[key])).status_code == 200, key
