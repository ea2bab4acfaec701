"""Who types in a record that may be there already is asked, and can say that it is another one."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from fairboard.crm.queries.records import counted
from fairboard.crm.services.merging import merge
from fairboard.kit.actors import Actor
from tests.crm import made

pytestmark = pytest.mark.django_db
PERSON = {"first_name": "Anna", "last_name": "Meier", "email": "anna@bikes.example"}
SHOWN = "first_name,last_name,email"


def test_a_second_anna_is_asked_about_and_saved_all_the_same(
    sales: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    first = made(sales, now, "contact", **PERSON)
    browser = signed_in(sales)
    answer = browser.post("/crm/contact/new/", {**PERSON, "_fields": SHOWN, "op": "save"})
    body = answer.content.decode()
    assert answer.status_code == 409
    assert first.id in body
    assert 'value="anyway"' in body
    assert 'value="anna@bikes.example"' in body, "what was typed stays"
    assert counted(actor=sales, type_key="contact") == 1
    assert browser.post("/crm/contact/new/", {**PERSON, "_fields": SHOWN, "op": "anyway"}).status_code == 302
    assert counted(actor=sales, type_key="contact") == 2


def test_the_address_of_a_merged_record_leads_to_what_is_left(
    sales: Actor, now: datetime, signed_in: Callable[[Actor], Client]
) -> None:
    first = made(sales, now, "contact", last_name="Meier")
    second = made(sales, now, "contact", last_name="Mayer")
    page = signed_in(sales).get(f"/crm/contact/{first.id}/").content.decode()
    merge(record_ids=[first.id, second.id], survivor_id=first.id, actor=sales, at=now)
    answer = signed_in(sales).get(f"/crm/contact/{second.id}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/crm/contact/{first.id}/")
    assert "Meier" in page
    assert "Merged into this record" in signed_in(sales).get(f"/crm/contact/{first.id}/").content.decode()
