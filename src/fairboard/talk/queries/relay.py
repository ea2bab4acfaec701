"""What the mail relay needs: who a relay address belongs to, and what of a message is forwarded."""

from dataclasses import dataclass

from django.conf import settings

from fairboard.kit.actors import Actor
from fairboard.market.queries.ads import contact_point
from fairboard.people.queries import actor_by_id
from fairboard.safety.registry import Description
from fairboard.talk.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class Route:
    """Where a mail to a relay address goes: written by ``sender``, into the conversation."""

    conversation_id: str
    sender: Actor
    sender_id: str


@dataclass(frozen=True, slots=True)
class Forward:
    """A message on its way to the other side's mailbox."""

    to_member: str
    from_name: str
    relay_address: str
    title: str
    body: str
    path: str
    ad_path: str
    is_first: bool
    to_seller: bool


def relay_address(key: str) -> str:
    """The mail address of a key."""
    return f"{key}@{settings.RELAY_DOMAIN}"


def route(local_part: str) -> Route | None:
    """Who may write to a relay address and where it leads; None when it is nobody's."""
    key = local_part.strip().lower()
    for name, writer in (("buyer_key", "seller"), ("seller_key", "buyer")):
        found = Conversation.objects.select_related(writer).filter(**{name: key}).first() if key else None
        if found is not None:
            sender = getattr(found, writer).public_id
            actor = actor_by_id(sender)
            return Route(found.public_id, actor, sender) if actor else None
    return None


def forward(message_id: str) -> Forward | None:
    """What is mailed of a message; None when it may not be seen or was mailed already."""
    message = (
        Message.objects.select_related("conversation__ad", "conversation__buyer", "conversation__seller", "author")
        .filter(public_id=message_id, verdict="allow", forwarded_at=None)
        .first()
    )
    if message is None:
        return None
    talk = message.conversation
    from_buyer = message.author_id == talk.buyer_id
    point = contact_point(talk.ad.public_id)
    return Forward(
        (talk.seller if from_buyer else talk.buyer).public_id, message.author.display_name,
        relay_address(talk.buyer_key if from_buyer else talk.seller_key), talk.ad_title, message.body, talk.path,
        point.url if point else "/", not talk.messages.filter(pk__lt=message.pk, verdict="allow").exists(), from_buyer,
    )  # fmt: skip


def describe(subject_id: str) -> Description | None:
    """What the desk is told of a message."""
    message = (
        Message.objects.select_related("conversation__ad", "conversation__buyer", "conversation__seller", "author")
        .filter(public_id=subject_id)
        .first()
    )
    if message is None:
        return None
    talk = message.conversation
    point = contact_point(talk.ad.public_id)
    state = {"allow": "sent", "reject": "refused"}.get(message.verdict, "held")
    return Description(
        title=talk.ad_title, url=point.url if point else "/", state=state, author_id=message.author.public_id,
        author_name=message.author.display_name,
        facts=[
            ("Written by", "the seller" if message.author_id == talk.seller_id else "the buyer"),
            ("Messages in this conversation", str(talk.messages.count())),
        ],
    )  # fmt: skip
