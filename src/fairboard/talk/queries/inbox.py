"""What a participant reads: the list of conversations and one of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from fairboard.fields import FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import NotFound
from fairboard.market.queries.ads import ContactPoint, contact_point
from fairboard.people.queries import member_pk
from fairboard.safety.queries.verdicts import Verdict, verdict_for
from fairboard.talk.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in the list of one's own."""

    id: str
    path: str
    ad_title: str
    other_name: str
    is_seller: bool
    last_at: datetime
    last_text: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as one participant sees it; ``verdict`` tells only its author anything."""

    id: str
    is_own: bool
    author_name: str
    body: str
    way: str
    sent_at: datetime
    state: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """A conversation with its messages, oldest first, and the ad it is about."""

    id: str
    path: str
    ad: ContactPoint | None
    ad_title: str
    other_name: str
    is_seller: bool
    messages: tuple[MessageRow, ...]


SCHEMA = Schema(
    {
        "title": Column(FieldSpec("title", "About", "text"), "talk_conversation.ad_title"),
        "last": Column(FieldSpec("last", "Last message", "date"), day_of("talk_conversation.last_at")),
    }
)
"""What one's conversations can be filtered by."""


def inbox(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 20) -> Page[ConversationRow]:
    """The actor's conversations of a filter, the one last written in first."""
    pk = member_pk(actor.id)
    found = (
        narrowed(_of(pk), tree, SCHEMA)
        .select_related("buyer", "seller")
        .annotate(last_text=Subquery(_visible_to(pk).values("body")[:1]))
    )
    found = found.exclude(last_text=None)
    if cursor:
        moment, row = decode_cursor(cursor, [str, int])
        before = datetime.fromisoformat(str(moment))
        found = found.filter(Q(last_at__lt=before) | Q(last_at=before, pk__lt=row))
    rows = list(found.order_by("-last_at", "-pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    more = encode_cursor(last.last_at.isoformat(), last.pk) if last else ""
    return Page([_row(one, pk) for one in rows[:size]], next_cursor=more)


def unread_count(*, actor: Actor) -> int:
    """In how many conversations there is something new; counted to 99 at most."""
    pk = member_pk(actor.id)
    return sum(1 for one in _of(pk).order_by("-last_at")[:99] if _is_unread(one, pk))


def conversation_page(*, actor: Actor, conversation_id: str, most: int = 200) -> ConversationPage:
    """One conversation; raises NotFound for anybody who takes no part in it."""
    pk = member_pk(actor.id)
    found = _of(pk).select_related("buyer", "seller", "ad").filter(public_id=conversation_id).first()
    if found is None:
        raise NotFound
    newest = list(
        found.messages.filter(Q(author_id=pk) | Q(verdict="allow")).select_related("author").order_by("-pk")[:most]
    )
    other = found.seller if found.buyer_id == pk else found.buyer
    return ConversationPage(
        found.public_id, found.path, contact_point(found.ad.public_id), found.ad_title, other.display_name,
        found.seller_id == pk, tuple(_message(one, pk, actor) for one in reversed(newest)),
    )  # fmt: skip


def conversation_about(*, actor: Actor, ad_id: str) -> str:
    """The id of the actor's conversation about an ad, empty when there is none."""
    found = Conversation.objects.filter(ad__public_id=ad_id, buyer__public_id=actor.id)
    return found.values_list("public_id", flat=True).first() or ""


def _of(pk: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(Q(buyer_id=pk) | Q(seller_id=pk))


def _visible_to(pk: int) -> QuerySet[Message]:
    newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    return newest.filter(Q(author_id=pk) | Q(verdict="allow"))


def _is_unread(one: Conversation, pk: int) -> bool:
    read = one.seller_read_at if one.seller_id == pk else one.buyer_read_at
    newest = (
        Message.objects.filter(conversation=one, verdict="allow").exclude(author_id=pk).order_by("-pk").first()
        if read is None or read < one.last_at
        else None
    )
    return newest is not None and (read is None or newest.sent_at > read)


def _row(one: Conversation, pk: int) -> ConversationRow:
    other = one.seller if one.buyer_id == pk else one.buyer
    text = str(getattr(one, "last_text", "") or "")
    return ConversationRow(
        one.public_id, one.path, one.ad_title, other.display_name, one.seller_id == pk, one.last_at,
        " ".join(text.split())[:140], _is_unread(one, pk),
    )  # fmt: skip


def _message(one: Message, pk: int, actor: Actor) -> MessageRow:
    is_own = one.author_id == pk
    state = {"allow": "sent", "reject": "refused"}.get(one.verdict, "held") if is_own else "sent"
    verdict = None
    if is_own and one.verdict != "allow":
        verdict = verdict_for(kind="message", subject_id=one.public_id, revision=1, actor=actor)
    return MessageRow(one.public_id, is_own, one.author.display_name, one.body, one.way, one.sent_at, state, verdict)
