"""Shapes of safety's API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema

Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\u0000]*$")]


class NoticeIn(BodySchema):
    """A report. ``email`` is where a visitor is told the outcome."""

    subject_kind: Literal["ad", "message"] = "ad"
    subject_id: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]
    kind: Annotated[str, Field(max_length=30)]
    text: Text = ""
    email: Annotated[str, Field(max_length=254, pattern=r"^[^\u0000]*$")] = ""


class NoticeOut(Schema):
    """A report as its reporter sees it; ``id`` is the receipt."""

    id: str
    state: str
    at: datetime
    outcome: str = ""


class CaseOut(Schema):
    """A case in a queue."""

    id: str
    kind: str
    subject_id: str
    queue: str
    severity: int
    policy: str
    state: str
    title: str
    excerpt: str
    verdict: str
    category: str
    place: str
    opened_at: datetime
    due_at: datetime
    claimed_at: datetime | None
    reach: int
    is_child: bool
    needs_second: bool


class CaseList(Schema):
    """A page of cases."""

    items: list[CaseOut]
    next_cursor: str


class CaseDetail(CaseOut):
    """A case with the submission exactly as written and why it is here."""

    fields: dict[str, str]
    reasons: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    notices: list[dict[str, Any]]


class NextCaseIn(BodySchema):
    """The queue to take a case from."""

    queue: Literal["child", "urgent", "screening", "notices"]


class NextCaseOut(Schema):
    """The case that was taken."""

    id: str


class ProposedOut(Schema):
    """A decision that waits for a second person."""

    detail: str


class DecisionIn(BodySchema):
    """A decision. A refusal needs a policy and a reason its author is told."""

    actions: list[Literal["restrict", "demonetise", "watch", "hold_account", "suspend", "close"]] = []

    outcome: Literal["allow", "reject"]
    policy: Annotated[str, Field(max_length=40)] = ""
    reason_text: Text = ""
    note: Text = ""


class DecisionOut(Schema):
    """A decision made."""

    id: str
    subject_kind: str
    subject_id: str
    outcome: str
    policy: str
    reason_text: str
    at: datetime


class PolicyOut(Schema):
    """A policy as members read it."""

    code: str
    name: str
    explanation: str


class DocumentIn(BodySchema):
    """A text to be tried against the rules; nothing is kept."""

    id: Annotated[str, Field(max_length=100)] = ""
    title: Annotated[str, Field(max_length=1000)] = ""
    body: Annotated[str, Field(max_length=20_000)] = ""
    category: Annotated[str, Field(max_length=80)] = ""
    place: Annotated[str, Field(max_length=120)] = ""


class ScreenedOut(Schema):
    """What the screening makes of a text."""

    id: str
    verdict: str
    reasons: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    ages: list[Any]
    prices: list[Any]
    normalized: Any


class EventOut(Schema):
    """One event of the ledger."""

    id: str
    number: int
    kind: str
    subject_kind: str
    subject_id: str
    actor_kind: str
    actor_id: str
    actor_name: str
    at: datetime
    data: dict[str, Any]
    sealed: bool


class EventList(Schema):
    """A page of events, newest first."""

    items: list[EventOut]
    next_cursor: str
