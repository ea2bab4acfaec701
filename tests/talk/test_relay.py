"""Answering by mail: over a real SMTP server, into the right conversation, from the right person only."""

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.talk import relay
from fairboard.talk.models import Conversation
from fairboard.talk.queries.inbox import conversation_page
from fairboard.talk.services.messages import reply


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    """A running relay."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    server = relay.start(f"127.0.0.1:{number}")
    yield number
    server.stop()


@pytest.fixture
def talk(transactional_db: None, live_ad: Any, buyer: Actor) -> Conversation:
    """A conversation the buyer began."""
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=clock.now())
    return Conversation.objects.get(public_id=sent.conversation_id)


def mail(body: str, sender: str = "sam@example.org", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = sender, "Re: Red city bicycle", "<one@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def send(port: int, to: str, message: EmailMessage, envelope: str = "") -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message, envelope or str(message["From"]), [to])


def texts(actor: Actor, talk: Conversation) -> list[str]:
    return [one.body for one in conversation_page(actor=actor, conversation_id=talk.public_id).messages]


def address(key: str) -> str:
    return f"{key}@relay.localhost"


def test_the_seller_answers_by_mail(port: int, talk: Conversation, buyer: Actor) -> None:
    quoted = "Yes, it is.\n\nOn Mon, Nov 2, 2026 at 9:30 AM Bea wrote:\n> Is it still there?\n"
    send(port, address(talk.buyer_key), mail(quoted))
    assert texts(buyer, talk) == ["Is it still there?", "Yes, it is."]


def test_the_same_mail_twice_is_kept_once(port: int, talk: Conversation, buyer: Actor) -> None:
    for _ in range(2):
        send(port, address(talk.buyer_key), mail("Yes."))
    assert texts(buyer, talk) == ["Is it still there?", "Yes."]


def test_a_stranger_who_knows_the_address_is_refused(port: int, talk: Conversation, buyer: Actor) -> None:
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(port, address(talk.buyer_key), mail("Send me money", sender="eve@example.com"))
    assert caught.value.smtp_code == 550
    assert texts(buyer, talk) == ["Is it still there?"]


@pytest.mark.parametrize("to", ["nobody@relay.localhost", "anna@example.org"])
def test_an_address_that_was_not_given_out_is_refused(port: int, talk: Conversation, to: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(port, to, mail("Hello"))


def test_an_automatic_answer_is_dropped(port: int, talk: Conversation, buyer: Actor) -> None:
    send(port, address(talk.buyer_key), mail("I am on holiday.", Auto_Submitted="auto-replied"))
    assert texts(buyer, talk) == ["Is it still there?"]


def test_a_held_answer_waits_for_the_desk(port: int, talk: Conversation, seller: Actor, buyer: Actor) -> None:
    text = "Ring me: two one two five five five zero one four seven"
    send(port, address(talk.buyer_key), mail(text))
    assert texts(buyer, talk) == ["Is it still there?"]
    assert texts(seller, talk)[-1] == text


def test_html_alone_is_read_as_text(port: int, talk: Conversation, buyer: Actor) -> None:
    message = mail("x")
    message.set_content("<p>Yes, <b>come by</b>.</p><script>alert(1)</script>", subtype="html")
    send(port, address(talk.buyer_key), message)
    assert texts(buyer, talk)[-1].startswith("Yes, come by.")
