"""What the talk room holds of a member, and what it tells the market of answers."""

from collections.abc import Collection, Iterator
from statistics import median

from django.db.models import Count, F, Min, Q
from django.utils.translation import gettext_noop

from fairboard.market.registry import Answerer, Fact
from fairboard.people.queries_own_data import as_json
from fairboard.talk.models import Conversation, Message

LOOKED_AT = 50
"""The newest conversations a seller's speed is measured over."""
FEWEST = 3
"""Answers below which nothing is said of a seller's speed."""


def copies(member_id: str) -> Iterator[tuple[str, bytes]]:
    """Every conversation of the member with the messages both sides can read."""
    own = Q(buyer__public_id=member_id) | Q(seller__public_id=member_id)
    found = Conversation.objects.filter(own).select_related("ad", "buyer", "seller").order_by("pk")
    yield "conversations.json", as_json([_conversation(one, member_id) for one in found])


def _conversation(one: Conversation, member_id: str) -> dict[str, object]:
    seen = Q(verdict="allow") | Q(author__public_id=member_id)
    messages = Message.objects.filter(seen, conversation=one).select_related("author").order_by("pk")
    is_seller = one.seller.public_id == member_id
    return {
        "ad": one.ad.public_id, "title": one.ad_title, "begun": one.started_at,
        "you": "seller" if is_seller else "buyer",
        "with": (one.buyer if is_seller else one.seller).display_name,
        "messages": [
            {"at": said.sent_at, "by_you": said.author.public_id == member_id, "text": said.body, "way": said.way}
            for said in messages
        ],
    }  # fmt: skip


def replies(ad_ids: Collection[str]) -> dict[str, int]:
    """How many people wrote about each ad."""
    found = Conversation.objects.filter(ad__public_id__in=ad_ids).values_list("ad__public_id").annotate(n=Count("pk"))
    return dict(found)


def answerers(ad_id: str) -> list[Answerer]:
    """Who wrote about an ad, the last one first."""
    found = Conversation.objects.filter(ad__public_id=ad_id, buyer__is_active=True).order_by("-last_at")[:30]
    return [Answerer(one, name) for one, name in found.values_list("buyer__public_id", "buyer__display_name")]


def seller_facts(member_id: str) -> list[Fact]:
    """How fast a seller mostly answers, by the median of the newest conversations; nothing of a few."""
    newest = Conversation.objects.filter(seller__public_id=member_id).order_by("-pk").values("pk")[:LOOKED_AT]
    answered = (
        Message.objects.filter(conversation__in=list(newest.values_list("pk", flat=True)))
        .filter(author_id=F("conversation__seller_id"), verdict="allow")
        .values_list("conversation__started_at")
        .annotate(first=Min("sent_at"), of=F("conversation_id"))
    )
    hours = [(first - started).total_seconds() / 3600 for started, first, _of in answered]
    if len(hours) < FEWEST:
        return []
    return [Fact("zap", _speed(median(hours)))]


def _speed(hours: float) -> str:
    if hours <= 1:
        return gettext_noop("Mostly answers within an hour")
    if hours <= 24:
        return gettext_noop("Mostly answers within a day")
    return gettext_noop("Mostly answers within a few days")
