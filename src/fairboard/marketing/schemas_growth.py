"""Shapes of segments, journeys and forms over the API."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from fairboard.kit.schemas import BodySchema


class SegmentOut(Schema):
    """A segment: how many records are in it, and the filter tree it follows."""

    id: str
    name: str
    type_key: str
    tree: Any
    owner_id: str
    size: int
    created_at: datetime
    refreshed_at: datetime | None


class SegmentIn(BodySchema):
    """A segment to be made or changed."""

    name: str = Field(max_length=80)
    type: str = Field("contact", max_length=40)
    tree: Any = None


class GrowthMemberOut(Schema):
    """A record in a segment, with the values its reader may see."""

    id: str
    type_key: str
    name: str
    owner_id: str
    values: dict[str, Any]


class GrowthMemberList(Schema):
    """A page of records in a segment."""

    items: list[GrowthMemberOut]
    next_cursor: str


class SnapshotOut(Schema):
    """A picture of a segment at a moment."""

    id: str
    name: str
    size: int
    at: datetime


class SnapshotIn(BodySchema):
    """What the picture is called."""

    name: str = Field("", max_length=80)


class OverlapOut(Schema):
    """How many records are in both of two segments, and in one only."""

    both: int
    first_only: int
    second_only: int


class JourneyOut(Schema):
    """A journey in the list."""

    id: str
    name: str
    type_key: str
    state: str
    entry: str
    steps: int
    waiting: int
    goals: int
    total: int
    updated_at: datetime


class StepFiguresOut(Schema):
    """How many came to a step, wait there, went on, left, reached the goal."""

    entered: int
    waiting: int
    done: int
    exited: int
    goal: int
    outcomes: dict[str, int]


class JourneyDetail(Schema):
    """A journey with its draft, what is wrong with it, and the figures of its steps by key."""

    journey: JourneyOut
    draft: dict[str, Any]
    problems: list[dict[str, str]]
    figures: dict[str, StepFiguresOut]
    is_changed: bool


class JourneyIn(BodySchema):
    """A journey to be made."""

    name: str = Field(max_length=120)
    type: str = Field("contact", max_length=40)


class DraftIn(BodySchema):
    """A whole draft: settings and steps."""

    draft: dict[str, Any]


class PeopleIn(BodySchema):
    """Records to be put on a journey."""

    records: list[str] = Field(max_length=5_000)


class GrowthCountOut(Schema):
    """How many came in."""

    count: int


class LiveOut(Schema):
    """Whether a journey is live, and how many of its mails a person still looks at or refused."""

    is_live: bool
    waiting: int
    refused: int


class GrowthRunOut(Schema):
    """Somebody on a journey."""

    id: str
    record_id: str
    name: str
    state: str
    step: str
    reason: str
    version: int
    entered_at: datetime
    due_at: datetime
    ended_at: datetime | None


class RunList(Schema):
    """A page of people on a journey."""

    items: list[GrowthRunOut]
    next_cursor: str


class ExpectedOut(Schema):
    """What would happen at a step, and when."""

    step: dict[str, Any]
    at: datetime
    outcome: str
    why: str


class FormOut(Schema):
    """A form with its figures; ``conversion`` is 0 to 1."""

    id: str
    name: str
    slug: str
    type_key: str
    is_advertise: bool
    shown: int
    sent: int
    apart: int
    conversion: float | None
