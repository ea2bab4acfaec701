"""What comes in through a form is a lead once, tied to whom we know, kept apart where it looks like a machine's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.crm.models import Record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.marketing import form_guard
from fairboard.marketing.models import ConfirmLink, Consent, Form, FormSubmission, FormViews, JourneyRun
from fairboard.marketing.queries.forms import forms
from fairboard.marketing.services import form_taking
from fairboard.marketing.services.form_taking import Sent
from fairboard.marketing.services.forms import FormDraft, look, save_form
from tests.crm import made
from tests.marketing import journeys_made as j

pytestmark = pytest.mark.django_db

ASKED = [
    {"key": "first_name"},
    {"key": "last_name", "required": True},
    {"key": "email", "required": True},
    {"key": "company"},
    {"key": "description", "label": "What about?"},
]
WORDS = "Yes, tell me about offers by mail, until I say stop."


@pytest.fixture
def form(admin: Actor, now: datetime) -> str:
    draft = FormDraft("Contact us", "contact-us", asked=ASKED, topic="offers", wording=WORDS)
    return save_form(draft=draft, actor=admin, at=now)


def send(at: datetime, *, token: str = "", ip: str = "a", **more: Any) -> None:
    values = {"last_name": "Lovelace", "email": "ada@example.org", "company": "Engines", **more.pop("values", {})}
    form = Form.objects.get()
    given = token or form_guard.token(form.public_id, at - timedelta(seconds=20))
    form_taking.submit(slug=form.slug, sent=Sent(values, token=given, proof={"ip_hash": ip}, **more), at=at)


def leads() -> list[Record]:
    return list(Record.objects.filter(data__email__iexact="ada@example.org", deleted_at=None).order_by("pk"))


def test_a_lead_keeps_where_it_came_from(form: str, sales: Actor, now: datetime) -> None:
    campaign = made(sales, now, "campaign", name="Autumn fair")
    origin = {
        "utm_source": "newsletter",
        "utm_campaign": "autumn-fair",
        "page": "https://example.org/fair",
        "evil": "x",
    }
    send(now, origin=origin)
    (lead,) = leads()
    assert {key: lead.data.get(key) for key in ("source", "status", "utm_source", "page", "campaign")} == {
        "source": "web", "status": "new", "utm_source": "newsletter", "page": "https://example.org/fair",
        "campaign": campaign.id,
    }  # fmt: skip
    member = Record.objects.get(data__campaign=campaign.id, data__lead=lead.public_id)
    assert member.data["status"] == "responded"


def test_the_same_sent_twice_is_one_and_another_time_is_tied(form: str, now: datetime) -> None:
    token = form_guard.token(form, now - timedelta(seconds=20))
    send(now, token=token)
    send(now, token=token)
    assert len(leads()) == FormSubmission.objects.count() == 1
    send(now, values={"company": "Other", "first_name": "Ada", "description": "Call me"})
    (lead,) = leads()
    assert lead.data["company"] == "Engines"  # nobody outside overwrites what we know
    assert lead.data["first_name"] == "Ada"
    note = Record.objects.get(data__about=lead.public_id)
    assert "Company: Other" in note.data["text"]


def test_who_is_a_contact_becomes_no_lead(form: str, sales: Actor, now: datetime) -> None:
    known = made(sales, now, "contact", last_name="Lovelace", email="Ada@Example.org")
    send(now)
    assert [one.pk for one in leads()] == [known.pk]
    assert FormSubmission.objects.get().is_known


def test_consent_is_asked_for_in_the_very_words_and_confirmed_by_a_link(form: str, now: datetime) -> None:
    send(now, has_agreed=True)
    asked = Consent.objects.get()
    assert (asked.state, asked.topic, asked.wording, asked.source) == ("asked", "offers", WORDS, "form contact-us")
    assert asked.proof["ip_hash"] == "a"
    assert ConfirmLink.objects.get().topics == [["offers", WORDS, 0]]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"trap": "x"}, "trap"),
        ({"token": "forged"}, "token"),
        ({"values": {"company": "cheap pills http://pills.example"}}, "link"),
        ({"values": {"description": "see http://a.example and http://b.example"}}, "link"),
    ],
)
def test_what_looks_like_a_machines_is_kept_apart_and_not_lost(
    form: str, sales: Actor, now: datetime, more: dict[str, Any], reason: str
) -> None:
    send(now, **more)
    kept = FormSubmission.objects.get()
    assert (kept.state, kept.reasons, leads()) == ("kept_apart", [reason], [])
    look(submission_id=kept.public_id, take=True, actor=sales, at=now)
    assert len(leads()) == 1


def test_too_quick_and_too_many_are_kept_apart(form: str, now: datetime) -> None:
    send(now, token=form_guard.token(form, now - timedelta(seconds=1)))
    assert FormSubmission.objects.get().reasons == ["quick"]
    for number in range(6):
        send(now, values={"email": f"p{number}@example.org"}, ip="b")
    assert FormSubmission.objects.filter(ip_hash="b", state="taken").count() == 5
    assert FormSubmission.objects.get(ip_hash="b", state="kept_apart").reasons == ["many"]


def test_what_is_needed_is_needed_and_a_bad_address_is_said(form: str, now: datetime) -> None:
    with pytest.raises(Invalid) as found:
        send(now, values={"last_name": " ", "email": "not an address"})
    assert {one["field"] for one in found.value.errors} == {"last_name", "email"}
    assert not FormSubmission.objects.exists()


def test_owners_take_turns(form: str, sales: Actor, admin: Actor, now: datetime) -> None:
    Form.objects.update(owners=[sales.id, admin.id])
    for number in range(3):
        send(now, values={"email": f"p{number}@example.org"}, ip=str(number))
    rows = Record.objects.filter(data__email__startswith="p").order_by("pk")
    assert [one.owner_id for one in rows] == [sales.id, admin.id, sales.id]


def test_a_form_begins_a_journey(form: str, now: datetime) -> None:
    j.live(now, [j.wait("s1")], type_key="lead", entry={"kind": "form", "form": form})
    send(now)
    assert JourneyRun.objects.get().record_id == leads()[0].pk


def test_its_page_works_for_everybody_and_is_counted(form: str, sales: Actor, now: datetime) -> None:
    client = Client(enforce_csrf_checks=True)
    shown = client.get("/f/contact-us?utm_source=paper")
    text = shown.content.decode()
    assert "What about?" in text
    assert WORDS in text
    assert 'name="utm_source" value="paper"' in text
    bad = client.post("/f/contact-us", {"last_name": "Lovelace", "company": "Kept typed"})
    assert bad.status_code == 422
    assert "Kept typed" in bad.content.decode()
    token = form_guard.token(form, clock.now() - timedelta(seconds=20))
    sent = client.post("/f/contact-us", {"last_name": "Lovelace", "email": "ada@example.org", "token": token})
    assert (sent.status_code, sent["Location"]) == (302, "/f/contact-us?sent=1")
    assert b"Thank you" in client.get("/f/contact-us?sent=1").content
    assert FormViews.objects.get().count == 1
    (row,) = forms(actor=sales)
    assert (row.shown, row.sent, row.conversion) == (1, 1, 1.0)
