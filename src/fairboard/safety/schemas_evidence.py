"""Shapes of evidence and reports over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.safety.schemas import Text


class AccessOut(Schema):
    """Who looked at a piece, how and why."""

    who: str
    who_id: str
    how: str
    purpose: str
    reason: str
    at: datetime


class EvidenceOut(Schema):
    """A piece of evidence without what is in it; hashes are SHA-256 in hex."""

    id: str
    kind: str
    case_id: str
    submission_id: str
    known_at: datetime
    kept_at: datetime
    keep_until: datetime
    file_size: int
    file_sha256: str
    root: str
    digest: str
    parts: list[dict[str, Any]]
    key_id: str
    is_readable: bool
    disposed_at: datetime | None
    accesses: list[AccessOut]


class PurposeIn(BodySchema):
    """Why somebody takes a copy; it is written down first."""

    purpose: Literal["review", "report", "authority", "appeal", "audit"]
    reason: Annotated[str, Field(min_length=5, max_length=1000, pattern=r"^[^\u0000]*$")]


class KeepIn(BodySchema):
    """Whether to keep what is known now beside what was kept before."""

    again: bool = False


class ReportIn(BodySchema):
    """What a person decides of a report."""

    incident_type: Annotated[str, Field(max_length=80)]
    note: Text = ""
    high_priority: Annotated[str, Field(max_length=3000, pattern=r"^[^\u0000]*$")] = ""
    with_photos: bool = True
    photos_viewed: bool = False


class NewReportIn(BodySchema):
    """The case a report is begun about."""

    case_id: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]


class SendIn(BodySchema):
    """``mark`` of the preview that was reviewed."""

    mark: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReportOut(Schema):
    """A report in a list."""

    id: str
    case_id: str
    state: str
    incident_type: str
    known_at: datetime
    created_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None
    service_id: str
    tries: int
    next_try_at: datetime | None
    last_error: str


class ReportList(Schema):
    """A page of reports."""

    items: list[ReportOut]
    next_cursor: str


class StepOut(Schema):
    """One request to the service; ``outcome`` is empty while nothing is known of it."""

    attempt: int
    attempt_state: str
    service_id: str
    kind: str
    file_name: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    code: int | None
    detail: str


class ReportDetail(Schema):
    """A report with its choices and every step."""

    report: ReportOut
    note: str
    high_priority: str
    with_photos: bool
    photos_viewed: bool
    evidence_id: str
    sent_id: str
    steps: list[StepOut]


class FileOut(Schema):
    """A file that would be sent."""

    sent_as: str
    sha256: str
    md5: str
    size: int


class PreviewOut(Schema):
    """What would be sent, and the ``mark`` by which it is approved."""

    document: str
    files: list[FileOut]
    faults: list[str]
    mark: str
