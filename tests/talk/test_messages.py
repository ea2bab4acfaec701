"""Answering an ad: a conversation of two, each message judged before the other side sees it."""

from datetime import datetime
from typing import Any

import pytest

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.market.services.lifecycle import withdraw
from fairboard.safety.models import Case
from fairboard.safety.services.deciding import decide
from fairboard.talk.queries.inbox import conversation_page, inbox, unread_count
from fairboard.talk.services.messages import AdNotLive, OwnAd, mark_read, reply, write

DISGUISED = "Write to anna (at) example (dot) org, or ring two one two five five five zero one four seven"


def texts(actor: Actor, conversation_id: str) -> list[str]:
    return [message.body for message in conversation_page(actor=actor, conversation_id=conversation_id).messages]


def test_an_answer_reaches_the_seller(live_ad: Any, seller: Actor, buyer: Actor, now: datetime) -> None:
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    assert sent.verdict == "allow"
    assert texts(seller, sent.conversation_id) == ["Is it still there?"]
    assert unread_count(actor=seller) == 1
    mark_read(actor=seller, conversation_id=sent.conversation_id, at=now)
    assert unread_count(actor=seller) == 0


@pytest.mark.parametrize(("listening", "invited"), [("", False), ("127.0.0.1:2525", True)])
def test_a_mail_invites_to_answer_it_only_where_answers_are_taken_in(
    live_ad: Any, buyer: Actor, now: datetime, outbox: list[Any], settings: Any, listening: str, invited: bool
) -> None:
    settings.RELAY_LISTEN = listening
    reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    tasks.call("ledger.deliver")
    (mail,) = outbox
    assert ("Answer this mail" in mail.body) is invited
    assert ("Read and answer it here:\nhttp" in mail.body) is not invited
    assert "\n\n\n" not in mail.body


def test_a_second_answer_goes_on_in_the_same_conversation(live_ad: Any, buyer: Actor, now: datetime) -> None:
    first = reply(actor=buyer, ad_id=live_ad.ad_id, text="Hello", at=now)
    second = reply(actor=buyer, ad_id=live_ad.ad_id, text="Hello again", at=now)
    assert first.conversation_id == second.conversation_id
    assert len(inbox(actor=buyer).items) == 1


def test_a_mail_goes_out_once_and_shows_no_address(
    live_ad: Any, buyer: Actor, now: datetime, outbox: list[Any]
) -> None:
    reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it still there?", at=now)
    tasks.call("ledger.deliver")
    tasks.call("ledger.deliver")
    (mail,) = outbox
    assert mail.to == ["sam@example.org"]
    assert "bea@example.org" not in mail.message().as_string()
    assert mail.reply_to[0].endswith("@relay.localhost")
    assert "Is it still there?" in mail.body


def test_a_held_message_is_seen_by_its_author_only(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text=DISGUISED, at=now)
    assert sent.verdict == "hold"
    assert texts(buyer, sent.conversation_id) == [DISGUISED]
    assert texts(seller, sent.conversation_id) == []
    assert inbox(actor=seller).items == []
    case = Case.objects.get(kind="message", subject_id=sent.id)
    decide(case_id=case.public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    assert texts(seller, sent.conversation_id) == [DISGUISED]


def test_strangers_cannot_read_or_write(live_ad: Any, buyer: Actor, make_member: Any, now: datetime) -> None:
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text="Hello", at=now)
    stranger = make_member("stranger")
    with pytest.raises(NotFound):
        conversation_page(actor=stranger, conversation_id=sent.conversation_id)
    with pytest.raises(NotFound):
        write(actor=stranger, conversation_id=sent.conversation_id, text="Hello", at=now)


def test_nobody_answers_their_own_or_a_gone_ad(live_ad: Any, seller: Actor, buyer: Actor, now: datetime) -> None:
    with pytest.raises(OwnAd):
        reply(actor=seller, ad_id=live_ad.ad_id, text="Hello", at=now)
    withdraw(actor=seller, ad_id=live_ad.ad_id, at=now)
    with pytest.raises(AdNotLive):
        reply(actor=buyer, ad_id=live_ad.ad_id, text="Hello", at=now)


def test_a_conversation_goes_on_when_the_ad_is_gone(live_ad: Any, seller: Actor, buyer: Actor, now: datetime) -> None:
    sent = reply(actor=buyer, ad_id=live_ad.ad_id, text="Hello", at=now)
    withdraw(actor=seller, ad_id=live_ad.ad_id, at=now)
    write(actor=seller, conversation_id=sent.conversation_id, text="Sold, sorry", at=now)
    assert texts(buyer, sent.conversation_id) == ["Hello", "Sold, sorry"]


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 5_001])
def test_an_empty_or_endless_message_is_refused(live_ad: Any, buyer: Actor, now: datetime, text: str) -> None:
    with pytest.raises(Invalid):
        reply(actor=buyer, ad_id=live_ad.ad_id, text=text, at=now)
