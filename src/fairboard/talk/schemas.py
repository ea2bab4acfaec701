"""Shapes of the talk room's API."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.talk.services.messages import LONGEST

Body = Annotated[str, Field(max_length=LONGEST, pattern=r"^[^\u0000]*$")]


class ConversationOut(Schema):
    """A conversation in the list of one's own."""

    id: str
    path: str
    ad_title: str
    other_name: str
    is_seller: bool
    last_at: datetime
    last_text: str
    is_unread: bool


class ConversationList(Schema):
    """A page of conversations."""

    items: list[ConversationOut]
    next_cursor: str


class MessageOut(Schema):
    """A message; ``state`` of one's own is sent, held or refused."""

    id: str
    is_own: bool
    author_name: str
    body: str
    way: str
    sent_at: datetime
    state: str


class ConversationDetail(Schema):
    """A conversation with its messages, oldest first."""

    id: str
    path: str
    ad_id: str
    ad_title: str
    other_name: str
    is_seller: bool
    messages: list[MessageOut]


class ReplyIn(BodySchema):
    """The first answer to an ad."""

    ad_id: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]
    text: Body


class MessageIn(BodySchema):
    """A further message."""

    text: Body


class WhyOut(Schema):
    """Why a message was held or refused."""

    rule: str
    policy: str
    message: str


class SentOut(Schema):
    """What became of a message."""

    id: str
    conversation_id: str
    verdict: str
    reasons: list[WhyOut]
