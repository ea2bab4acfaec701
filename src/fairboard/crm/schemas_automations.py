"""Shapes of the API of automations."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema


class AutomationIn(BodySchema):
    """An automation: what is missing stays as it is. Triggers and steps are described in docs/automations.md."""

    name: Annotated[str, Field(max_length=80)] | None = None
    description: Annotated[str, Field(max_length=400)] | None = None
    trigger: dict[str, Any] | None = None
    condition: Annotated[str, Field(max_length=4_000)] | None = None
    steps: list[dict[str, Any]] | None = None


class AutomationVersionOut(Schema):
    """A version; ``errors`` keep a draft from going live."""

    number: int
    state: str
    trigger: dict[str, Any]
    condition: str
    steps: list[dict[str, Any]]
    created_at: datetime
    live_at: datetime | None
    retired_at: datetime | None
    next_at: datetime | None
    errors: list[dict[str, str]]


class AutomationRowOut(Schema):
    """An automation: the number of its live version, 0 while it is off."""

    id: str
    name: str
    description: str
    live: int
    draft: int
    runs: int
    failed: int
    last_run_at: datetime | None


class AutomationOut(AutomationRowOut):
    """An automation with its versions, the newest first."""

    versions: list[AutomationVersionOut]


class AutomationStepOut(Schema):
    """A step that was done or failed."""

    key: str
    act: str
    is_done: bool
    output: dict[str, Any]
    error: str
    at: datetime


class AutomationRunOut(Schema):
    """A run for a record; steps only where one run is asked for."""

    id: str
    version: int
    record_id: str
    type_key: str
    state: str
    error: str
    depth: int
    step: str
    input: dict[str, Any]
    wake_at: datetime
    created_at: datetime
    finished_at: datetime | None
    steps: list[AutomationStepOut]


class RunPage(Schema):
    """A page of runs."""

    items: list[AutomationRunOut]
    next_cursor: str


class RehearsalOut(Schema):
    """What would have become of one event: run, no, refused or error."""

    record_id: str
    record_name: str
    at: datetime
    verdict: str
    acts: list[str]
    error: str
