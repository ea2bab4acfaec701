"""Activities: notes that name colleagues, tasks, meetings in a calendar, files."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from fairboard.crm.models import Profile, Record
from fairboard.crm.queries.activities import mentions
from fairboard.crm.services.activities import mentioned
from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from tests.crm import made

pytestmark = pytest.mark.django_db
Browser = Callable[[Actor], Client]


def test_a_note_tells_who_it_names(
    sales: Actor, now: datetime, signed_in: Browser, make_member: Any, outbox: list[Any]
) -> None:
    otto = make_member("otto", role="sales")
    account = made(sales, now, "account", name="Bikes")
    path = reverse("crm:log", args=["account", account.id])
    answer = signed_in(sales).post(path, {"what": "note", "text": "@Otto, please call them. mail@otto.example"})
    assert answer.status_code == 302
    note = Record.objects.get(data__text__startswith="@Otto")
    tasks.call("crm.tell_mentioned", note_id=note.public_id, member_id=otto.id)
    assert outbox[-1].to == ["otto@example.org"]
    assert f"/crm/account/{account.id}/" in outbox[-1].body
    assert [one.is_new for one in mentions(actor=otto)] == [True]
    assert mentions(actor=otto)[0].about_name == "Bikes"
    signed_in(otto).get(reverse("crm:record", args=["note", note.public_id]))
    assert not any(one.is_new for one in mentions(actor=otto))
    assert not mentions(actor=sales)


def test_names_are_found_in_a_text() -> None:
    names = {"1": "Anna Meier", "2": "Otto", "3": "Anna Keller"}
    assert mentioned("@Anna Keller and (@otto)!", names) == ["3", "2"]
    assert mentioned("write to a@otto.example", names) == []
    assert mentioned("@Anna said", names) == ["1"]


def test_what_is_refused_keeps_what_was_typed(sales: Actor, now: datetime, signed_in: Browser) -> None:
    account = made(sales, now, "account", name="Bikes")
    answer = signed_in(sales).post(
        reverse("crm:log", args=["account", account.id]), {"what": "call", "subject": "Prices", "minutes": "many"}
    )
    assert answer.status_code == 422
    assert 'value="many"' in answer.content.decode()
    assert 'value="Prices"' in answer.content.decode()


def test_tasks_are_sorted_by_their_day_and_done_by_one_click(sales: Actor, now: datetime, signed_in: Browser) -> None:
    today = clock.now().date()
    late = made(sales, now, "task", subject="Late one", status="open", due_on=str(today - timedelta(days=2)))
    made(sales, now, "task", subject="Today's one", due_on=str(today))
    made(sales, now, "task", subject="Later one", status="open", due_on=str(today + timedelta(days=2)))
    client = signed_in(sales)
    body = client.get(reverse("crm:tasks")).content.decode()
    places = [body.index(one) for one in ("Overdue", "Late one", "Today&#x27;s one", "Upcoming", "Later one")]
    assert places == sorted(places)
    client.post(reverse("crm:done", args=["task", late.id]))
    kept = Record.objects.get(public_id=late.id).data
    assert kept["status"] == "done"
    assert "done_at" in kept


def test_meetings_reach_a_calendar_by_a_secret_address(sales: Actor, now: datetime, signed_in: Browser) -> None:
    begins = clock.now().replace(microsecond=0) + timedelta(days=3)
    row = made(sales, now, "meeting", subject="Kick-off; part 1", starts_at=begins.isoformat(), place="Bern")
    client = signed_in(sales)
    one = client.get(reverse("crm:meeting_file", args=[row.id]))
    assert one["Content-Disposition"].startswith("attachment")
    body = client.post(reverse("crm:calendar"), {"op": "make"}).content.decode()
    text = unescape(body)
    address = text[text.index("/crm/calendar/") :].split("<")[0]
    text = Client().get(address).content.decode()
    assert "SUMMARY:Kick-off\\; part 1" in text
    assert "LOCATION:Bern" in text
    client.post(reverse("crm:calendar"), {"op": "end"})
    assert Client().get(address).status_code == 404
    assert Client().get(reverse("crm:feed", args=["guess"])).status_code == 404


def test_a_file_is_kept_and_given_only_to_who_may_see_it(
    sales: Actor, now: datetime, signed_in: Browser, make_member: Any
) -> None:
    account = made(sales, now, "account", name="Bikes")
    client = signed_in(sales)
    path = reverse("crm:log", args=["account", account.id])
    sent = SimpleUploadedFile("../Offer <1>.pdf", b"%PDF-1.7 an offer", "text/html")
    assert client.post(path, {"what": "file", "file": sent}).status_code == 302
    row = Record.objects.get(type__key="file")
    assert row.data["size"] == 17
    assert row.data["content_type"] == "application/pdf"
    address = reverse("crm:download", args=[row.public_id])
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 an offer"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert client.post(path, {"what": "file", "file": SimpleUploadedFile("run.exe", b"MZ")}).status_code == 422
    assert client.post(path, {"what": "file", "file": SimpleUploadedFile("page.html", b"<b>")}).status_code == 422
    otto = make_member("otto", role="sales")
    rights = {"*": {"read": "all", "edit": "own", "create": True}, "account": {"read": "own"}}
    Profile.objects.filter(key="sales").update(rights=rights)
    assert signed_in(otto).get(address).status_code == 404
