"""Writing to somebody about an ad: every message passes the gate before the other side sees it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit import limits
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.market.queries.ads import ContactPoint, contact_point
from fairboard.people.queries import member_pk
from fairboard.safety import gate
from fairboard.safety.services.standing import check_standing
from fairboard.talk import events
from fairboard.talk.models import Conversation, Message

LONGEST = 5_000
MESSAGES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message. ``verdict`` other than allow: the other side does not see it (yet)."""

    id: str
    conversation_id: str
    verdict: str
    reasons: tuple[gate.ReasonRow, ...]
    path: str


class AdNotLive(Conflict):
    """The ad is no longer there to be answered."""

    code = "ad-not-live"


class OwnAd(Conflict):
    """Nobody answers their own ad."""

    code = "own-ad"


def reply(*, actor: Actor, ad_id: str, text: str, at: datetime, way: str = "web") -> Sent:
    """Answer an ad; a second answer goes on in the same conversation.

    Raises Forbidden, AccountRestricted, NotFound, AdNotLive, OwnAd, Invalid, TooMany.
    """
    _may_write(actor, at)
    body = _checked(text)
    point = contact_point(ad_id)
    if point is None:
        raise NotFound(_("There is no such ad."))
    if point.seller_id == actor.id:
        raise OwnAd(_("This is your own ad."))
    buyer, seller = member_pk(actor.id), member_pk(point.seller_id)
    with transaction.atomic():
        conversation = Conversation.objects.filter(ad_id=point.pk, buyer_id=buyer).first()
        if conversation is None:
            if not point.is_live:
                raise AdNotLive(_("This ad is no longer there to be answered."))
            conversation = _start(actor, point, buyer, seller, at)
        return _add(actor, conversation, buyer, body, at, way)


def write(*, actor: Actor, conversation_id: str, text: str, at: datetime, way: str = "web", mail_id: str = "") -> Sent:
    """Go on in a conversation one takes part in.

    A mail that arrives twice (same ``mail_id``) is kept once. Raises Forbidden, AccountRestricted, NotFound, Invalid,
    TooMany.
    """
    _may_write(actor, at)
    author = member_pk(actor.id)
    conversation = Conversation.objects.filter(public_id=conversation_id).first()
    if conversation is None or author not in {conversation.buyer_id, conversation.seller_id}:
        raise NotFound(_("There is no such conversation."))
    if mail_id and (known := conversation.messages.filter(mail_id=mail_id[:200]).first()):
        return Sent(known.public_id, conversation_id, known.verdict, (), conversation.path)
    body = _checked(text)
    with transaction.atomic():
        return _add(actor, conversation, author, body, at, way, mail_id[:200])


def mark_read(*, actor: Actor, conversation_id: str, at: datetime) -> None:
    """Remember that a participant has seen the conversation. Reading is nobody else's business: no event."""
    pk = member_pk(actor.id)
    found = Conversation.objects.filter(public_id=conversation_id)
    found.filter(buyer_id=pk).update(buyer_read_at=at)
    found.filter(seller_id=pk).update(seller_read_at=at)


def decide(*, message_id: str, outcome: str, actor: Actor, at: datetime) -> None:
    """Carry out a decision of the desk on a message, in the decision's own transaction."""
    with transaction.atomic():
        message = Message.objects.select_related("conversation").filter(public_id=message_id).first()
        if message is None or message.verdict == outcome:
            return
        message.verdict = outcome
        message.save(update_fields=["verdict"])
        if outcome == "allow":
            Conversation.objects.filter(pk=message.conversation_id).update(last_at=at)
        record(
            kind=events.SENT if outcome == "allow" else events.HIDDEN, subject=Subject("message", message_id),
            actor=actor, at=at, data={"conversation": message.conversation.public_id},
        )  # fmt: skip


def _may_write(actor: Actor, at: datetime) -> None:
    if not actor.can("talk.write") or not actor.id:
        raise Forbidden(_("Sign in to write to somebody."))
    check_standing(member_id=actor.id, at=at)
    limits.check(f"message:{actor.id}", limit=MESSAGES_AN_HOUR, per_seconds=3600, at=at)


def _checked(text: str) -> str:
    body = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not body:
        raise Invalid(_("Please write something."), field="text")
    if len(body) > LONGEST:
        raise Invalid(_("Please keep it under %(n)d characters.") % {"n": LONGEST + 1}, field="text")
    return body


def _start(actor: Actor, point: ContactPoint, buyer: int, seller: int, at: datetime) -> Conversation:
    try:
        with transaction.atomic():
            conversation = Conversation.objects.create(
                ad_id=point.pk,
                ad_title=point.title,
                buyer_id=buyer,
                seller_id=seller,
                started_at=at,
                last_at=at,
            )
    except IntegrityError:  # the same answer sent twice at once
        return Conversation.objects.get(ad_id=point.pk, buyer_id=buyer)
    record(
        kind=events.STARTED, subject=Subject("conversation", conversation.public_id), actor=actor, at=at,
        data={"ad": point.ad_id, "seller": point.seller_id},
    )  # fmt: skip
    return conversation


def _add(
    actor: Actor,
    conversation: Conversation,
    author: int,
    body: str,
    at: datetime,
    way: str,
    mail_id: str = "",
) -> Sent:
    message = Message.objects.create(
        conversation=conversation, author_id=author, body=body, way=way, mail_id=mail_id, sent_at=at
    )
    review = gate.review(
        kind="message", subject_id=message.public_id, revision=1, author=actor, fields={"body": body}, at=at
    )
    message.submission_id, message.verdict = review.submission_id, review.verdict
    message.save(update_fields=["submission_id", "verdict"])
    if review.verdict == "allow":
        conversation.last_at = at
        conversation.save(update_fields=["last_at"])
    record(
        kind=events.SENT if review.verdict == "allow" else events.STOPPED,
        subject=Subject("message", message.public_id), actor=actor, at=at,
        data={"conversation": conversation.public_id, "verdict": review.verdict, "way": way},
    )  # fmt: skip
    return Sent(message.public_id, conversation.public_id, review.verdict, review.reasons, conversation.path)
