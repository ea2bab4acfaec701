"""What the gate refuses by itself is told to its author: by mail through a real SMTP server, and on My ads."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from html import unescape
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Delivery
from fairboard.market.services.posting import submit
from fairboard.people.services.members import set_language
from fairboard.safety.models import Decision, DelayedRefusal
from fairboard.safety.services.delays import carry_out_due
from fairboard.safety.services.undoing import undo
from tests.market.drafts import bicycle, hidden_number, prohibited
from tests.people import client_of, token_of
from tests.safety.rulebook import live
from tests.server import free_port


class Sink:
    """Takes mail in, or refuses it."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], Message]] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return self.answer


@pytest.fixture
def smtp(settings: Any) -> Iterator[Sink]:
    """A mail server that runs, and settings that name it."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield sink
    controller.stop()


def text_of(mail: Message) -> str:
    return str(mail.get_content())  # type: ignore[attr-defined]


def my_ads(actor: Actor) -> str:
    """The page of one's own ads, its addresses as they read."""
    return unescape(client_of(actor).get("/my/ads").content.decode())


def test_the_author_gets_the_statement_of_reasons_once(seller: Actor, now: datetime, smtp: Sink) -> None:
    done = submit(actor=seller, draft=prohibited(), at=now)
    assert done.verdict == "reject"
    tasks.call("ledger.deliver")
    tasks.call("ledger.deliver")
    ((to, mail),) = smtp.taken
    assert to == ["sam@example.org"]
    assert mail["Subject"] == "Refused: Escort service"
    told = text_of(mail)
    for point in (
        "Our automatic checks refused", "Nobody sees it", "found and decided automatically", "The rule:",
        "appeal free of charge", f"/decisions/{Decision.objects.get().public_id}",
    ):  # fmt: skip
        assert point in told
    assert told.count(done.reasons[0].message) == 1


def test_in_the_language_of_the_author(seller: Actor, now: datetime, smtp: Sink) -> None:
    set_language(actor=seller, language="de", at=now)
    submit(actor=seller, draft=prohibited(), at=now)
    tasks.call("ledger.deliver")
    ((_to, mail),) = smtp.taken
    assert "Unsere automatischen Prüfungen haben" in text_of(mail)
    assert "automatic" not in text_of(mail)


def test_a_mail_server_that_is_down_delays_the_mail_and_nothing_else(seller: Actor, now: datetime, smtp: Sink) -> None:
    smtp.answer = "451 later"
    assert submit(actor=seller, draft=prohibited(), at=now).verdict == "reject"
    tasks.call("ledger.deliver")
    assert smtp.taken == []
    smtp.answer = "250 OK"
    Delivery.objects.filter(done_at=None).update(claimed_at=now - timedelta(days=1))
    tasks.call("ledger.deliver")
    assert len(smtp.taken) == 1


def test_what_is_held_or_shown_is_not_told_as_refused(seller: Actor, now: datetime, smtp: Sink) -> None:
    submit(actor=seller, draft=hidden_number(), at=now)
    submit(actor=seller, draft=bicycle(), at=now)
    tasks.call("ledger.deliver")
    assert smtp.taken == []


def test_my_ads_say_why_and_how_to_appeal(seller: Actor, now: datetime) -> None:
    submit(actor=seller, draft=prohibited(), at=now)
    fine = submit(actor=seller, draft=bicycle(), at=now)
    decision = Decision.objects.get().public_id
    page = my_ads(seller)
    assert page.count("/decisions/") == 1
    assert f"/decisions/{decision}" in page
    items = client_of(seller).get("/api/v1/me/ads", headers={"Authorization": f"Bearer {token_of(seller)}"}).json()
    assert {one["id"] == fine.ad_id: one["decision_id"] for one in items["items"]} == {True: "", False: decision}


def test_a_refused_change_leaves_what_was_allowed_and_says_so(
    seller: Actor, moderator: Actor, now: datetime, smtp: Sink
) -> None:
    fine = submit(actor=seller, draft=bicycle(), at=now)
    assert submit(actor=seller, draft=prohibited(), at=now, ad_id=fine.ad_id).state == "live"
    tasks.call("ledger.deliver")
    ((_to, mail),) = smtp.taken
    assert "Nobody sees this version" in text_of(mail)
    page = my_ads(seller)
    assert "change refused" in page
    assert "change being looked at" not in page
    undo(decision_id=Decision.objects.get().public_id, reason="It is a bicycle.", actor=moderator, at=now)
    assert "/decisions/" not in my_ads(seller)


def test_a_delayed_refusal_has_a_statement_too(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime, smtp: Sink
) -> None:
    live(moderator, lead, now, action="reject", delay_minutes=60)
    submit(actor=seller, draft=bicycle(), at=now)
    tasks.call("ledger.deliver")
    assert smtp.taken == []
    assert carry_out_due(at=DelayedRefusal.objects.get().carry_out_at) == 1
    assert Decision.objects.get().statement["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    tasks.call("ledger.deliver")
    assert "Nobody sees it" in text_of(smtp.taken[0][1])
