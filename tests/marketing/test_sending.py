"""A mailing over real SMTP: who gets it, what it says, what is held back."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.marketing import addresses, recipients
from fairboard.marketing.models import Delivery, Mailing
from fairboard.marketing.queries.mailings import mailing_page
from fairboard.marketing.services import mailings, suppressions
from tests.marketing import made
from tests.marketing.made import OPERATOR, agreed, got, later, rows, run, started, state


def mail(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_everybody_gets_it_once_with_their_own_words(sink: Path) -> None:
    now = clock.now()
    one = started(
        now, [*rows(3), {"address": "READER0@example.org", "name": "Twice"}, {"address": "Zoë <x>", "name": ""}]
    )
    run()
    assert state(one) == "done"
    mails = {to: (sender, mail(raw)) for to, sender, raw in got(sink)}
    assert sorted(mails) == [f"reader{n}@example.org" for n in range(3)]
    assert len(got(sink)) == 3
    sender, first = mails["reader1@example.org"]
    assert first["Subject"] == "News for you"
    assert "Hello Reader 1" in first.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Hello Reader 1" in first.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"<{settings.BASE_URL}/mail/unsubscribe/" in first["List-Unsubscribe"]
    assert "<mailto:u-" in first["List-Unsubscribe"]
    assert first["List-Id"] == f"<news.{settings.MAILING_BOUNCE_DOMAIN}>"
    assert first["Feedback-ID"].startswith(one)
    assert first["Auto-Submitted"] is None
    assert sender.startswith("b-")
    assert sender.endswith(f"@{settings.MAILING_BOUNCE_DOMAIN}")
    assert len({str(each["Message-ID"]) for _sender, each in mails.values()}) == 3
    bad = Delivery.objects.get(state="skipped")
    assert bad.reason == "address"


def test_hostile_names_and_addresses_change_no_header(sink: Path) -> None:
    now = clock.now()
    evil = "Eve\r\nBcc: all@example.org\r\n\r\n.\r\nMAIL FROM:<x@y>"
    started(
        now,
        [{"address": "eve@example.org", "name": evil}, {"address": "a@b.org>\r\nRCPT TO:<c@d.org"},
         {"address": "x y@b.org"}],
        template_id=made.wrote_template(now, subject="Hello {{ contact.name }}"),
    )  # fmt: skip
    run()
    mails = got(sink)
    assert [to for to, _sender, _raw in mails] == ["eve@example.org"]
    parsed = mail(mails[0][2])
    assert parsed["Bcc"] is None
    assert "Bcc: all@example.org" in str(parsed["Subject"])


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(sink: Path) -> None:
    now = clock.now()
    text = ".\n..two\n.one and {{ contact.name }}"
    started(now, rows(1), template_id=made.wrote_template(now, [{"type": "text", "text": text}]))
    run()
    body = mail(got(sink)[0][2]).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert body.replace("\r\n", "\n").startswith(".\n..two\n.one and Reader 0\n")


def test_who_is_suppressed_when_it_is_queued_gets_nothing(sink: Path) -> None:
    now = clock.now()
    suppressions.suppress_address(address=" Reader1@Example.org ", detail="asked by phone", actor=OPERATOR, at=now)
    started(now, rows(3))
    run()
    assert [to for to, _sender, _raw in got(sink)] == ["reader0@example.org", "reader2@example.org"]
    assert Delivery.objects.get(digest=addresses.digest("reader1@example.org")).reason == "suppressed"


def test_who_is_suppressed_while_it_waits_gets_nothing_either(sink: Path) -> None:
    now = clock.now()
    one = started(now, rows(3), throttle=1)
    run(now)
    assert len(got(sink)) == 1
    suppressions.suppress_address(address="reader1@example.org", detail="", actor=OPERATOR, at=now)
    for minute in range(1, 5):
        run(later(now, minutes=minute))
    assert [to for to, _sender, _raw in got(sink)] == ["reader0@example.org", "reader2@example.org"]
    assert state(one) == "done"


def test_consent_is_asked_for_and_asked_is_not_given(sink: Path) -> None:
    now = clock.now()
    agreed(["reader0@example.org"], now)
    made.consents.write(
        address="reader1@example.org",
        changes=[made.Change("news", "asked")],
        source="t",
        proof={},
        actor=OPERATOR,
        at=now,
    )
    started(now, rows(3), basis="consent")
    run()
    assert [to for to, _sender, _raw in got(sink)] == ["reader0@example.org"]
    assert Delivery.objects.filter(reason="consent").count() == 2


def test_an_account_on_hold_gets_nothing_and_that_is_written_down(sink: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    blocked = {"contact:b"}
    monkeypatch.setattr(recipients, "_held", [lambda keys, at: {key: () for key in keys if key in blocked}])
    people = [{**row, "key": f"contact:{key}"} for row, key in zip(rows(4), "abcd", strict=True)]
    started(now, people, throttle=1)
    run(now)
    blocked.add("contact:d")  # while it is on its way
    for minute in range(1, 5):
        run(later(now, minutes=minute))
    assert [to for to, _sender, _raw in got(sink)] == ["reader0@example.org", "reader2@example.org"]
    excluded = Event.objects.filter(kind="marketing.hold.excluded").values_list("subject_kind", "subject_id")
    assert sorted(excluded) == [("contact", "b"), ("contact", "d")]


def test_an_address_gets_no_more_than_the_cap(sink: Path, settings: Any) -> None:
    now = clock.now()
    settings.MAILING_CAP, settings.MAILING_CAP_DAYS = 2, 7
    for _number in range(3):
        started(now, rows(1))
        run(now)
    assert len(got(sink)) == 2
    started(now, rows(1), basis="service")
    run(now)
    assert len(got(sink)) == 3
    after = later(now, days=8)
    started(after, rows(1))
    run(after)
    assert len(got(sink)) == 4


def test_pause_resume_and_cancel(sink: Path, admin: Actor) -> None:
    now = clock.now()
    one = started(now, rows(4), throttle=1)
    run(now)
    mailings.pause(mailing_id=one, actor=admin, at=now)
    run(later(now, minutes=1))
    assert len(got(sink)) == 1
    mailings.resume(mailing_id=one, actor=admin, at=now)
    run(later(now, minutes=2))
    assert len(got(sink)) == 2
    mailings.cancel(mailing_id=one, actor=admin, at=now)
    run(later(now, minutes=3))
    assert len(got(sink)) == 2
    figures = mailing_page(mailing_id=one, actor=admin).figures
    assert figures.states == {"sent": 2, "skipped": 2}
    assert figures.reasons == {"cancelled": 2}


def test_one_the_desk_refuses_while_it_goes_out_stops(sink: Path) -> None:
    now = clock.now()
    one = started(now, rows(3), throttle=1)
    run(now)
    kept = Mailing.objects.get(public_id=one)
    mailings.decide(mailing_id=one, submission_id=kept.submission_id, outcome="reject", actor=OPERATOR, at=now)
    run(later(now, minutes=1))
    assert len(got(sink)) == 1
    assert state(one) == "refused"


def test_what_the_template_says_later_is_not_what_goes_out(sink: Path) -> None:
    now = clock.now()
    template = made.wrote_template(now)
    one = made.mailing(now, rows(1), template_id=template)
    draft = made.TextDraft("en", "Another subject", "", [{"type": "text", "text": "Other words"}])
    made.templates.save_text(template_id=template, draft=draft, actor=OPERATOR, at=now)
    mailings.schedule(mailing_id=one, starts_at=now, actor=OPERATOR, at=now)
    run()
    assert mail(got(sink)[0][2])["Subject"] == "News for you"


def test_subjects_are_tried_out_and_the_rest_gets_the_winner(sink: Path) -> None:
    now = clock.now()
    variants = [mailings.Variant("Subject A", 50), mailings.Variant("Subject B", 50)]
    one = started(
        now, rows(60), variants=variants, test_share=50, winner_by="replies", decide_minutes=60,
    )  # fmt: skip
    run(now)
    first = got(sink)
    assert 10 < len(first) < 50
    assert {mail(raw)["Subject"] for _to, _sender, raw in first} == {"Subject A", "Subject B"}
    winner = next(raw for _to, _sender, raw in first if mail(raw)["Subject"] == "Subject B")
    from fairboard.marketing.services.feedback import replied

    assert replied(message_ids=["<other@example.org>", str(mail(winner)["Message-ID"])], at=now)
    run(later(now, minutes=61))
    assert state(one) == "done"
    rest = [mail(raw)["Subject"] for _to, _sender, raw in got(sink)[len(first) :]]
    assert len(first) + len(rest) == 60
    assert set(rest) == {"Subject B"}


def test_a_server_that_is_away_is_tried_again(sink: Path, settings: Any) -> None:
    now = clock.now()
    there, settings.MAILING_SMTP_URLS = settings.MAILING_SMTP_URLS, [f"smtp://127.0.0.1:{made.free_port()}"]
    one = started(now, rows(2))
    run(now)
    assert got(sink) == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}
    settings.MAILING_SMTP_URLS = there
    run(later(now, minutes=6))
    assert len(got(sink)) == 2
    assert state(one) == "done"
