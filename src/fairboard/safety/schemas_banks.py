"""Shapes of the hash banks over the API."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema


class BankIn(BodySchema):
    """A new bank: kind pdq, sha256 or md5; action hold, reject or escalate."""

    name: Annotated[str, Field(max_length=80)]
    kind: Annotated[str, Field(max_length=6)]
    policy: Annotated[str, Field(max_length=40)]
    action: Annotated[str, Field(max_length=10)]
    source: Annotated[str, Field(max_length=500)] = ""
    most_per_hour: int = 100


class BankOut(Schema):
    """A bank; figures of matches are of 30 days, null where the caller may not know them."""

    id: str
    name: str
    kind: str
    policy: str
    action: str
    source: str
    enabled: bool
    most_per_hour: int
    quarantined_at: datetime | None
    quarantined_why: str
    entries: int
    set_aside: int
    matches: int | None
    upheld: int | None
    overturned: int | None


class BankMadeOut(Schema):
    """A bank that was made."""

    id: str


class LinesIn(BodySchema):
    """Hashes to add: ``HASH``, ``HASH,note`` or JSON with ``hash``, one an item."""

    lines: Annotated[list[Annotated[str, Field(max_length=3_000)]], Field(max_length=50_000)]


class BadLineOut(Schema):
    """A line that was left out."""

    number: int
    error: str


class ImportedOut(Schema):
    """What became of the lines."""

    added: int
    known: int
    restored: int
    removed: int
    other: int
    bad_count: int
    bad: list[BadLineOut]


class EntryOut(Schema):
    """A hash of a bank."""

    value: str
    metadata: dict[str, Any]
    added_at: datetime
    removed_at: datetime | None
    quarantined_at: datetime | None


class EntryList(Schema):
    """A page of hashes."""

    items: list[EntryOut]
    next_cursor: str


class MatchOut(Schema):
    """A match: the hash, what its list says, the submission by its id."""

    value: str
    metadata: dict[str, Any]
    submission_id: str
    subject_kind: str
    subject_id: str
    distance: int
    outcome: str
    at: datetime


class WhyIn(BodySchema):
    """Why."""

    why: Annotated[str, Field(max_length=300, pattern=r"^[^\u0000]*$")]


class SwitchIn(BodySchema):
    """Whether the bank is looked into."""

    enabled: bool
