"""The marketing console and the pages of whoever gets mail, as a browser without JavaScript uses them."""

import re
from pathlib import Path
from typing import Any

from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.marketing import addresses, tokens
from fairboard.marketing.models import Consent, Delivery, Feedback, Mailing, Suppression, TemplateText
from tests.marketing import made
from tests.marketing.made import got, rows, run, started
from tests.people import client_of


def link(raw: bytes, kind: str) -> str:
    found = re.search(rf"/mail/{kind}/[\w=-]+".encode(), raw.replace(b"=\r\n", b""))
    assert found is not None
    return found.group().decode()


def test_from_a_template_to_the_sink_by_forms_alone(sink: Path, admin: Actor) -> None:
    client = client_of(admin)
    page = client.post("/marketing/templates", {"name": "Autumn"})["Location"]
    added = client.post(page, {"name": "Autumn", "block": "add:heading", "language": "en"})
    assert 'name="b.0.text"' in added.content.decode()
    assert TemplateText.objects.count() == 0  # only saving keeps it
    typed = {
        "name": "Autumn", "subject": "Autumn news", "preheader": "", "language": "en", "version": "1",
        "b.0.type": "heading", "b.0.text": "Dear {{ contact.name }}", "b.0.align": "left",
        "b.1.type": "columns", "b.1.wide": "2", "b.1.0.0.type": "text", "b.1.0.0.text": "Left",
        "b.1.1.0.type": "button", "b.1.1.0.text": "Go", "b.1.1.0.href": "https://example.org/",
    }  # fmt: skip
    moved = client.post(page, {**typed, "block": "up:1"}).content.decode()
    assert moved.index("Left") < moved.index("Dear ")
    assert client.post(page, {**typed, "act": "save"}).status_code == 302
    assert client.post(page, {**typed, "act": "save"}).status_code == 422  # somebody saved meanwhile
    wrong = client.post(page, {**typed, "version": "2", "b.1.1.0.href": "javascript:alert(1)", "act": "save"})
    assert wrong.status_code == 422
    assert "Write a whole address" in wrong.content.decode()
    template = page.rpartition("/")[2].partition("?")[0]
    shown = client.get(f"{page}/preview?language=en")
    assert "Dear Anna Example" in shown.content.decode()
    assert "sandbox" in shown["Content-Security-Policy"]
    assert "'unsafe-inline'" not in client.get(page)["Content-Security-Policy"]
    form = {
        "name": "Autumn", "template": template, "topic": "news", "basis": "customer", "audience": "addresses",
        "addresses": "anna@example.org, Anna\nben@example.org", "winner_by": "clicks",
    }  # fmt: skip
    mailing = client.post("/marketing/mailings/new", form)["Location"]
    missing = client.get(f"{mailing}/check").content.decode()
    assert "contact.name" in missing
    assert "ben@example.org" in missing
    assert "anna@example.org" not in missing
    client.post(f"{mailing}/edit", {**form, "addresses": "anna@example.org, Anna\nben@example.org, Ben"})
    assert "mail can be made" in client.get(f"{mailing}/check").content.decode()
    client.post(f"{mailing}/act", {"act": "submit"})
    client.post(f"{mailing}/act", {"act": "schedule", "starts_at": ""})
    run()
    assert len(got(sink)) == 2
    assert "2 of 2" in client.get(mailing).content.decode()
    for address in ("/marketing/", f"{mailing}/recipients", f"{mailing}/edit", "/marketing/deliverability",
                    "/marketing/sink/", "/marketing/sink/1", "/marketing/sink/1/body", "/marketing/consents",
                    "/marketing/suppressions",
                    "/marketing/topics", "/marketing/templates", page, "/marketing/suppressions/export"):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_one_click_acts_by_post_and_never_by_get(sink: Path) -> None:
    now = clock.now()
    started(now, rows(1))
    run()
    address = link(got(sink)[0][2], "unsubscribe")
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.get(address).status_code == 200
    assert Consent.objects.filter(state="withdrawn").count() == 0
    for _time in range(2):
        assert visitor.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    kept = Consent.objects.get(state="withdrawn")
    assert (kept.topic, kept.source) == ("news", "one-click")
    assert "127.0.0.1" not in str(kept.proof)
    assert Feedback.objects.filter(kind="unsubscribe").count() == 1
    assert Client().get(address[:-3] + "AAA").status_code == 404
    started(now, rows(1))
    run()
    assert len(got(sink)) == 1


def test_an_address_chooses_for_itself(sink: Path) -> None:
    now = clock.now()
    started(now, rows(1))
    run()
    address = link(got(sink)[0][2], "preferences")
    visitor = Client()
    assert "r…0@example.org" in visitor.get(address).content.decode()
    visitor.post(address, {"topics": ["offers"]})
    assert dict(Consent.objects.values_list("topic", "state")) == {
        "news": "withdrawn", "offers": "given", "service": "withdrawn"
    }  # fmt: skip
    assert "Offers for sellers" not in Consent.objects.get(topic="offers").wording
    assert Consent.objects.get(topic="offers").wording.startswith("Yes, send me offers")
    visitor.post(address, {"off": "1", "topics": ["offers"]})
    assert Suppression.objects.get().reason == "unsubscribe"
    visitor.post(address, {"topics": ["offers"]})
    assert Suppression.objects.count() == 0
    assert visitor.get("/mail/preferences/nonsense").status_code == 404


def test_double_opt_in(sink: Path, outbox: list[Any]) -> None:
    from fairboard.kit import tasks
    from fairboard.marketing.models import ConfirmLink

    visitor = Client()
    wrong = visitor.post("/mail/subscribe", {"address": "no address", "topics": ["news"]})
    assert wrong.status_code == 422
    assert "no address" in wrong.content.decode()
    visitor.post("/mail/subscribe", {"address": "New@Example.org", "topics": ["news", "unknown"]})
    tasks.call("marketing.confirm", link=ConfirmLink.objects.get().pk)
    address = re.search(r"/mail/confirm/[\w=-]+", outbox[-1].body)
    assert address is not None
    assert "Yes, send me news" in visitor.get(address.group()).content.decode()
    assert list(Consent.objects.values_list("state", flat=True)) == ["asked"]
    own = visitor.post(address.group())
    assert own["Location"].startswith("/mail/preferences/")
    given = Consent.objects.get(state="given")
    assert given.proof["confirmed_by"] == "link"
    assert given.wording_version == 1
    assert visitor.post(address.group()).status_code == 410
    assert visitor.get(address.group()).status_code == 410


def test_opens_and_clicks_are_counted_only_where_the_mail_says_so(sink: Path) -> None:
    now = clock.now()
    started(now, rows(1))
    run()
    assert b"/mail/open/" not in got(sink)[0][2]
    assert b"/mail/click/" not in got(sink)[0][2]
    started(now, rows(1), track_opens=True, track_clicks=True)
    run()
    raw = got(sink)[1][2]
    assert b"This mail counts whether it was opened" in raw.replace(b"=\r\n", b"")
    visitor = Client()
    for _time in range(2):
        assert visitor.get(f"{link(raw, 'open')}.gif")["Content-Type"] == "image/gif"
        assert visitor.get(link(raw, "click"))["Location"] == "https://example.org/look"
    assert sorted(Feedback.objects.values_list("kind", flat=True)) == ["click", "open"]
    first = Delivery.objects.order_by("pk").first()
    assert first is not None
    forged = tokens.delivery_token(tokens.CLICK, first.pk)
    assert visitor.get(f"/mail/click/{forged}").status_code == 404  # that mailing counts no link


def test_sales_without_the_right_to_send_cannot_send(sink: Path, make_member: Any) -> None:
    now = clock.now()
    one = made.mailing(now, rows(1))
    client = client_of(make_member("sally", role="sales"))
    assert client.post(f"/marketing/mailings/{one}/act", {"act": "schedule"}).status_code == 403
    assert client.get("/marketing/suppressions/export").status_code == 403
    assert Mailing.objects.get().state == "approved"


def test_a_hostile_template_is_refused_or_harmless(sink: Path, admin: Actor) -> None:
    client = client_of(admin)
    page = client.post("/marketing/templates", {"name": "X"})["Location"]
    for text in ("{{ contact.__class__ }}", "{% include 'x' %}", "{{ range(9)|list }}", "{{ a", "{% for x in y %}",
                 "{{ contact.name.replace('a', 'b') }}", "{% set x = 1 %}", "{{ [].__class__ }}"):  # fmt: skip
        typed = {"language": "en", "subject": "x", "b.0.type": "text", "b.0.text": text, "act": "save"}
        answer = client.post(page, typed)
        shown = client.get(f"{page}/preview").content.decode() if answer.status_code == 302 else ""
        assert answer.status_code == 422 or "class" not in shown, text
        assert answer.status_code in {302, 422}, text
    source = "<mj-text><script>alert(1)</script></mj-text>"
    assert (
        client.post(page, {"language": "en", "b.0.type": "mjml", "b.0.source": source, "act": "save"}).status_code
        == 422
    )
    assert (
        client.post(page, {"language": "en", "b.0.type": "mjml", "b.0.source": "<mj-text", "act": "save"}).status_code
        == 422
    )


def test_an_address_is_suppressed_lifted_brought_in_and_taken_out(sink: Path, admin: Actor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_of(admin)
    client.post("/marketing/suppressions", {"address": "Anna@Example.org", "detail": "asked"})
    one = Suppression.objects.get()
    assert "example" not in f"{one.digest}{one.source}{one.detail}"
    out = client.get("/marketing/suppressions/export").content
    client.post(f"/marketing/suppressions/{one.public_id}/lift", {"why": "a mistake"})
    assert Suppression.objects.count() == 0
    lines = out + b"ben@example.org,manual\nnot an address\n"
    client.post("/marketing/suppressions/import", {"file": SimpleUploadedFile("x.csv", lines), "source": "old list"})
    assert set(Suppression.objects.values_list("digest", flat=True)) == {
        addresses.digest("anna@example.org"), addresses.digest("ben@example.org")
    }  # fmt: skip
