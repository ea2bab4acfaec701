"""Shapes of the API of decisions, appeals, reporters and trusted flaggers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.safety.schemas import Text

Id = Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]
LongText = Annotated[str, Field(max_length=8000, pattern=r"^[^\u0000]*$")]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\u0000]*$")]
Action = Literal["remove", "restrict", "demonetise", "watch", "hold_account", "suspend", "close"]


class PartOut(Schema):
    """One point of a statement of reasons."""

    heading: str
    text: str


class DecisionDetail(Schema):
    """A decision with its statement of reasons, in words and as it is exported."""

    id: str
    kind: str
    subject_id: str
    title: str
    outcome: str
    policy: str
    reason_text: str
    actions: list[str]
    at: datetime
    is_automatic: bool
    parts: list[PartOut]
    can_appeal: bool
    appeal_until: datetime
    appeal_id: str
    undone_by: str
    undoes: str
    statement: dict[str, Any]


class DecisionItemOut(Schema):
    """A decision in a list of one's own."""

    id: str
    kind: str
    title: str
    outcome: str
    at: datetime
    is_undone: bool
    appeal_state: str


class DecisionItemList(Schema):
    """A page of decisions, newest first."""

    items: list[DecisionItemOut]
    next_cursor: str


class UndoIn(BodySchema):
    """Why a decision is undone."""

    reason: Text


class AppealIn(BodySchema):
    """An appeal of the author against a decision."""

    decision_id: Id
    text: LongText
    facts: LongText = ""


class ReporterAppealIn(BodySchema):
    """An appeal of a reporter whose report was not followed."""

    text: LongText
    facts: LongText = ""


class AppealFiled(Schema):
    """The id an appeal got."""

    id: str


class AppealOut(Schema):
    """An appeal. ``by`` is author or reporter."""

    id: str
    decision_id: str
    by: str
    state: str
    outcome: str
    policy: str
    subject_kind: str
    title: str
    text: str
    facts: str
    answer: str
    at: datetime
    due_at: datetime
    decided_at: datetime | None


class AppealList(Schema):
    """A page of appeals, the one due first at the top."""

    items: list[AppealOut]
    next_cursor: str


class AppealDecisionIn(BodySchema):
    """How an appeal is decided; the rest for what stays or is refused after all."""

    outcome: Literal["uphold", "overturn", "partly"]
    answer: LongText
    policy: Annotated[str, Field(max_length=40)] = ""
    reason_text: Text = ""
    actions: list[Action] = []
    days: Annotated[int, Field(ge=0, le=365)] = 0


class AppealDecided(Schema):
    """The decision put in the place of the former, empty when that stays."""

    new_decision_id: str


class StatementBatch(Schema):
    """Up to 100 statements, as the Commission's interface takes them."""

    statements: list[dict[str, Any]]
    next_cursor: str


class OverturnOut(Schema):
    """Decisions, appeals decided and overturned, by policy or rule."""

    key: str
    decided: int
    appealed: int
    overturned: int
    rate: float


class ReporterOut(Schema):
    """The record of a reporter."""

    id: str
    member_id: str
    filed: int
    upheld: int
    dismissed: int
    percent: int
    weight: int
    state: str
    is_misuse: bool
    warned_at: datetime | None
    muted_until: datetime | None
    last_at: datetime


class ReporterList(Schema):
    """A page of records."""

    items: list[ReporterOut]
    next_cursor: str


class MuteIn(BodySchema):
    """For how long a reporter's reports are not processed, and why."""

    days: Annotated[int, Field(ge=1, le=180)]
    reason: Text


class FlaggerIn(BodySchema):
    """The entry of a trusted flagger; ``areas`` are kinds of report, all when empty."""

    name: Line
    contact: Annotated[str, Field(max_length=254, pattern=r"^[^\u0000]*$")]
    awarded_by: Line
    award: Line
    areas: list[Annotated[str, Field(max_length=30)]] = []
    members: list[Id] = []
    state: Literal["active", "suspended", "revoked"] = "active"


class FlaggerOut(Schema):
    """A trusted flagger."""

    id: str
    name: str
    contact: str
    areas: list[str]
    state: str
    awarded_by: str
    award: str
    at: datetime
    members: list[str]
    open_notices: int


class FiguresOut(Schema):
    """A trusted flagger's notices of a year."""

    year: int
    filed: int
    by_kind: dict[str, int]
    upheld: int
    dismissed: int
    open: int
    median_hours: float | None


class SuggestionOut(Schema):
    """What the author's record suggests if this is refused."""

    policy: str
    strikes: int
    action: str
    days: int
    warned_at: datetime | None
    standing: str


class ResemblanceOut(Schema):
    """A refused submission that this one resembles."""

    submission_id: str
    kind: str
    subject_id: str
    title: str
    by: str
    percent: int
    policy: str
    same_author: bool
    refused_at: datetime | None


class NoticeRecordOut(Schema):
    """A notice of a case with the record of who sent it."""

    id: str
    kind: str
    flagger: str
    weight: int
    repeats: int
    location: str
    good_faith: bool
    reporter: ReporterOut | None


class CaseRecordOut(Schema):
    """What the desk is told beside a case."""

    suggestion: SuggestionOut | None
    resemblances: list[ResemblanceOut]
    notices: list[NoticeRecordOut]
