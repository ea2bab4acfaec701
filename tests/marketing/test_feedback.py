"""What comes back: bounces and complaints by mail, by a maildir and by a provider, and mail to unsubscribe."""

import mailbox
import smtplib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from fairboard.kit import clock
from fairboard.marketing import addresses, bounces, incoming
from fairboard.marketing.models import Consent, Delivery, Feedback, Suppression
from fairboard.marketing.queries.deliverability import health
from fairboard.marketing.rendering import message_id, return_path
from fairboard.marketing.services import feedback
from fairboard.talk import relay
from tests.marketing import made
from tests.marketing.made import OPERATOR, rows, run, started


@pytest.fixture
def sent(sink: Path) -> Delivery:
    """A mail that was sent."""
    started(clock.now(), rows(1))
    run()
    return Delivery.objects.get()


def dsn(status: str = "5.1.1", action: str = "failed", quoted: str = "") -> bytes:
    """A delivery status notification as Postfix writes one."""
    return "\r\n".join(
        [
            "From: MAILER-DAEMON@mx.example.net", "To: someone@bounce.localhost", "Subject: Undelivered Mail",
            "Message-ID: <dsn1@mx.example.net>", "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="B"', "",
            "--B", "Content-Type: text/plain", "", "It could not be delivered.",
            "--B", "Content-Type: message/delivery-status", "",
            "Reporting-MTA: dns; mx.example.net", "", "Final-Recipient: rfc822; reader0@example.org",
            f"Action: {action}", f"Status: {status}", "Diagnostic-Code: smtp; 550 5.1.1 no such user", "",
            "--B", "Content-Type: message/rfc822", "", f"Message-ID: {quoted}", "Subject: News for you", "", "x",
            "--B--", "",
        ]
    ).encode()  # fmt: skip


def arf(quoted: str, kind: str = "abuse") -> bytes:
    """A complaint as a mailbox provider sends one."""
    return "\r\n".join(
        [
            "From: fbl@provider.example", "To: abuse@bounce.localhost", "Subject: FW: News", "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=feedback-report; boundary="B"', "",
            "--B", "Content-Type: text/plain", "", "A complaint.",
            "--B", "Content-Type: message/feedback-report", "", f"Feedback-Type: {kind}", "User-Agent: X/1",
            "Version: 1", "", "--B", "Content-Type: message/rfc822", "", "From: no-reply@localhost",
            f"Message-ID: {quoted}", "", "x", "--B--", "",
        ]
    ).encode()  # fmt: skip


def local(delivery: Delivery) -> str:
    return return_path(delivery.pk).partition("@")[0]


def test_an_address_that_is_no_good_is_suppressed_once(sent: Delivery) -> None:
    assert incoming.take(dsn(), local(sent), "test")
    assert not incoming.take(dsn(), local(sent), "test")
    assert Suppression.objects.get().reason == "bounce"
    assert Suppression.objects.get().digest == addresses.digest("reader0@example.org")
    assert Feedback.objects.get().kind == "hard"


@pytest.mark.parametrize(("status", "action", "kind"), [
    ("5.1.1", "failed", "hard"), ("5.2.1", "failed", "hard"), ("5.2.2", "failed", "soft"), ("5.7.1", "failed", "soft"),
    ("4.4.1", "delayed", "soft"), ("2.0.0", "delivered", ""), ("2.0.0", "relayed", ""),
])  # fmt: skip
def test_a_full_mailbox_or_a_policy_says_nothing_of_the_address(status: str, action: str, kind: str) -> None:
    report = bounces.read(dsn(status, action))
    assert report is not None
    assert report.kind == kind


def test_soft_bounces_of_five_mailings_give_an_address_up(sink: Path, settings: Any) -> None:
    settings.MAILING_CAP = 0
    now = clock.now()
    for number in range(5):
        started(now, rows(1))
        run()
        one = Delivery.objects.order_by("-pk").first()
        assert one is not None
        for _again in range(3):
            incoming.take(dsn("5.2.2"), local(one), "test")
        assert Suppression.objects.exists() == (number == 4)


def test_a_complaint_suppresses_and_counts(sent: Delivery) -> None:
    assert incoming.take(arf(message_id(sent.pk)), "abuse", "test")
    assert Suppression.objects.get().reason == "complaint"
    found = health(actor=OPERATOR, at=clock.now())
    assert (found.complaints, found.is_well) == (1, False)
    assert not incoming.take(arf(message_id(sent.pk), "not-spam"), "abuse", "test")


def test_a_report_about_no_mail_of_ours_silences_nobody(sent: Delivery) -> None:
    assert not incoming.take(arf("<m.aaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bounce.localhost>"), "abuse", "test")
    assert not incoming.take(dsn(quoted="<other@example.org>"), "bounce", "test")
    assert not incoming.take(dsn(), "b-aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "test")
    assert not incoming.take(b"\xff\xfe garbage \x00", "bounce", "test")
    assert not incoming.take(b"Content-Type: multipart/report; report-type=delivery-status\n\nx", "bounce", "test")
    assert Suppression.objects.count() == 0


def test_bounces_and_unsubscribes_come_in_by_the_houses_mail_server(sent: Delivery) -> None:
    port = made.free_port()
    server = relay.start(f"127.0.0.1:{port}")
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                client.sendmail("", ["b-nonsense@bounce.localhost"], b"x")
            client.rset()
            client.sendmail("", [return_path(sent.pk)], dsn())
            note = EmailMessage()
            note["From"], note["Subject"] = "reader0@example.org", "unsubscribe"
            unsubscribe = return_path(sent.pk).replace("b-", "u-", 1)
            client.sendmail("reader0@example.org", [unsubscribe], note.as_bytes())
    finally:
        server.stop()
    assert sorted(Feedback.objects.values_list("kind", flat=True)) == ["hard", "unsubscribe"]
    assert Consent.objects.get().state == "withdrawn"


def test_a_maildir_is_read_once(sent: Delivery, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(dsn().replace(b"someone@bounce.localhost", return_path(sent.pk).encode()))
    box.add(b"Subject: hello\n\nnobody")
    assert incoming.read_maildir(tmp_path / "box") == 1
    assert incoming.read_maildir(tmp_path / "box") == 0
    assert Suppression.objects.count() == 1


def test_a_provider_says_it_with_the_secret_only(sent: Delivery, settings: Any) -> None:
    given = {"events": [{"type": "bounce", "message_id": message_id(sent.pk), "status": "5.1.1", "id": "1"},
                        {"type": "complaint", "email": "other@example.org"}]}  # fmt: skip

    def post(**headers: str) -> Any:
        return Client().post("/api/v1/marketing/feedback", given, content_type="application/json", headers=headers)

    assert post().status_code == 404
    settings.MAILING_WEBHOOK_SECRET = "s" * 32
    assert post().status_code == 401
    assert post(**{"X-Webhook-Secret": "wrong"}).status_code == 401
    assert post(**{"X-Webhook-Secret": "s" * 32}).json() == {"count": 2}
    assert post(**{"X-Webhook-Secret": "s" * 32}).json() == {"count": 0}
    assert sorted(Suppression.objects.values_list("reason", flat=True)) == ["bounce", "complaint"]
    bad = Client().post(
        "/api/v1/marketing/feedback", {"events": [{"type": "x"}]}, content_type="application/json",
        headers={"X-Webhook-Secret": "s" * 32},
    )  # fmt: skip
    assert bad.status_code == 422


def test_an_automatic_answer_is_no_bounce(sent: Delivery) -> None:
    note = b"From: reader0@example.org\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nBack on Monday."
    assert not incoming.take(note, local(sent), "test")
    assert Feedback.objects.count() == 0
    assert settings.MAILING_BOUNCE_DOMAIN
    assert not feedback.replied(message_ids=["<x@example.org>"], at=clock.now())
