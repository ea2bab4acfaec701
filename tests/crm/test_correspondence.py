"""Mail in and out is on the timeline of whoever it was from or to: by a secret address, and from mailboxes."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from imapclient import IMAPClient

from fairboard.crm import imap
from fairboard.crm.queries.records import record, records
from fairboard.crm.queries.timeline import timeline
from fairboard.crm.services.correspondence import dropbox_address, take
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.talk import relay
from tests.crm import made
from tests.crm.dovecot import DOVECOT, Dovecot


def letter(sender: str, to: str, subject: str = "The offer", number: int = 1, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, subject, f"<{number}@mail.example>"
    mail["Date"] = "Mon, 02 Nov 2026 08:00:00 +0000"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Here is what we talked about.\n\nOn Mon, 26 Oct 2026, Sally wrote:\n> quoted before")
    return mail


@pytest.mark.django_db
def test_a_mail_is_on_the_timeline_of_the_contact_and_the_account_once(sales: Actor, now: datetime) -> None:
    account = made(sales, now, "account", name="Bikes")
    contact = made(sales, now, "contact", last_name="Meier", email="Anna@Bikes.example", account=account.id)
    raw = letter("anna@bikes.example", "sales@example.org").as_bytes()
    kept = take(raw=raw, at=now)
    row = record(actor=sales, record_id=kept.record_id)
    assert (row.values["direction"], row.values["about"]) == ("in", [contact.id])
    assert row.values["body"] == "Here is what we talked about."
    assert row.values["at"].startswith("2026-11-02T08:00")
    for one in (contact, account):
        first = timeline(actor=sales, record_id=one.id).items[0]
        assert (first.type_key, first.source_id) == ("mail", kept.record_id), one.name
    assert take(raw=raw, at=now).why_not == "kept already"
    assert take(raw=letter("nobody@else.example", "sales@example.org", number=2).as_bytes(), at=now).why_not
    automatic = letter("anna@bikes.example", "sales@example.org", number=3, Auto_Submitted="auto-replied")
    assert take(raw=automatic.as_bytes(), at=now).why_not == "automatic"


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    server = relay.start(f"127.0.0.1:{number}")
    yield number
    server.stop()


def test_a_blind_copy_to_the_secret_address_is_kept_for_its_owner_only(port: int, sales: Actor, now: datetime) -> None:
    contact = made(sales, now, "contact", last_name="Meier", email="anna@bikes.example")
    box = dropbox_address(actor=sales)
    assert box.endswith(settings.CRM_MAIL_DOMAIN)
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        mail = letter("sally@example.org", "anna@bikes.example")
        client.send_message(mail, "sally@example.org", [box])
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.send_message(letter("x@else.example", "anna@bikes.example", number=2), "x@else.example", [box])
        assert refused.value.smtp_code == 550
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(mail, "sally@example.org", [f"nothing@{settings.CRM_MAIL_DOMAIN}"])
    (kept,) = records(actor=sales, type_key="mail").items
    assert (kept.values["direction"], kept.values["about"], kept.owner_id) == ("out", [contact.id], sales.id)


@pytest.fixture
def dovecot(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    if not DOVECOT:
        pytest.skip("NOT TESTED: reading mailboxes needs Dovecot (apt-get install dovecot-imapd)")
    folder = Path("/tmp") / f"dovecot-{tmp_path.name[-24:]}-{clock.now():%H%M%S%f}"  # sockets need a short path
    folder.mkdir()
    server = Dovecot(folder)
    yield server
    server.stop()


@pytest.mark.django_db
def test_new_mails_of_a_mailbox_are_taken_in_once(dovecot: Dovecot, sales: Actor) -> None:
    now = datetime.now(UTC)
    contact = made(sales, now, "contact", last_name="Meier", email="anna@bikes.example")
    box = imap.parse(dovecot.address("team"))
    with IMAPClient("127.0.0.1", port=dovecot.port, ssl=False) as client:
        client.login("team", "secret")
        client.create_folder("Sent")
        client.append("INBOX", letter("anna@bikes.example", "team@example.org", number=1).as_bytes())
        client.append("INBOX", letter("else@where.example", "team@example.org", number=2).as_bytes())
        client.append("Sent", letter("team@example.org", "anna@bikes.example", number=3).as_bytes())
        assert imap.read(box, at=now) == 3
        assert imap.read(box, at=now) == 0
        client.append("INBOX", letter("anna@bikes.example", "team@example.org", number=4).as_bytes())
        client.append("INBOX", b"From: \xff\xfe broken\r\nTo: =?x?q?\r\n\r\n\x00")
        assert imap.read(box, at=now) == 2
        assert client.folder_status("INBOX", [b"UNSEEN"])[b"UNSEEN"] == 4, "nothing is marked as read"
    kept = [(one.values["direction"], one.values["message_id"]) for one in records(actor=sales, type_key="mail").items]
    assert sorted(kept) == [("in", "<1@mail.example>"), ("in", "<4@mail.example>"), ("out", "<3@mail.example>")]
    assert all(one.values["about"] == [contact.id] for one in records(actor=sales, type_key="mail").items)
