"""Conversations over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.talk.queries import inbox
from fairboard.talk.schemas import ConversationDetail, ConversationList, MessageIn, ReplyIn, SentOut
from fairboard.talk.services import messages

router = Router(tags=["conversations"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/conversations", response={200: ConversationList, PROBLEMS: ProblemOut})
def list_conversations(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
) -> Any:
    """One's conversations, the one last written in first."""
    actor = require(request, "talk:read")
    page = inbox.inbox(actor=actor, tree=read_filter(filter, inbox.SCHEMA), cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/conversations", response={201: SentOut, PROBLEMS: ProblemOut})
def answer_ad(request: HttpRequest, reply: ReplyIn) -> Any:
    """Answer an ad; a second answer goes on in the same conversation."""
    actor = require(request, "talk:write")
    return Status(201, messages.reply(actor=actor, ad_id=reply.ad_id, text=reply.text, at=clock.now(), way="api"))


@router.get("/conversations/{conversation_id}", response={200: ConversationDetail, PROBLEMS: ProblemOut})
def read_conversation(request: HttpRequest, conversation_id: str = ID) -> Any:
    """One conversation with its newest 200 messages, oldest first."""
    page = inbox.conversation_page(actor=require(request, "talk:read"), conversation_id=conversation_id)
    return {
        "id": page.id, "path": page.path, "ad_id": page.ad.ad_id if page.ad else "", "ad_title": page.ad_title,
        "other_name": page.other_name, "is_seller": page.is_seller, "messages": page.messages,
    }  # fmt: skip


@router.post("/conversations/{conversation_id}/messages", response={201: SentOut, PROBLEMS: ProblemOut})
def write_message(request: HttpRequest, message: MessageIn, conversation_id: str = ID) -> Any:
    """Go on in a conversation."""
    actor = require(request, "talk:write")
    return Status(
        201, messages.write(actor=actor, conversation_id=conversation_id, text=message.text, at=clock.now(), way="api")
    )
