"""How members answer, as figures: for who knows them as customers."""

from collections.abc import Collection
from dataclasses import dataclass

from fairboard.talk.models import Conversation, Message

MOST_LOOKED_AT = 200
"""The newest conversations of a member their answers are measured over."""


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Conversations about a member's ads, and the median hours to the first answer; None when none was answered."""

    conversations: int
    response_hours: float | None


def answer_figures(member_ids: Collection[str]) -> dict[str, AnswerFigures]:
    """Figures of each member somebody wrote to."""
    return {member: found for member in member_ids if (found := _of(member)) is not None}


def sellers_of(conversation_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The seller and the ad's title of each conversation, by its id."""
    found = Conversation.objects.filter(public_id__in=conversation_ids)
    return {
        one: (seller, title) for one, seller, title in found.values_list("public_id", "seller__public_id", "ad_title")
    }


def _of(member_id: str) -> AnswerFigures | None:
    own = Conversation.objects.filter(seller__public_id=member_id)
    count = own.count()
    if not count:
        return None
    hours = []
    for pk, seller, started in own.order_by("-pk").values_list("pk", "seller_id", "started_at")[:MOST_LOOKED_AT]:
        answer = (
            Message.objects.filter(conversation_id=pk, author_id=seller, verdict="allow").order_by("pk")
            .values_list("sent_at", flat=True).first()
        )  # fmt: skip
        if answer is not None:
            hours.append((answer - started).total_seconds() / 3600)
    hours.sort()
    return AnswerFigures(count, hours[len(hours) // 2] if hours else None)
