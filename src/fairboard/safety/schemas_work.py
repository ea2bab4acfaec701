"""Shapes of the API of the desk's own work: figures, samples, what one has had to look at."""

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema


class ShareOut(Schema):
    """A share with its 95 % interval, each 0 to 1; null where nothing was counted."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


class QueueAgeOut(Schema):
    """The open cases of a queue: how many, how many late, and their age in hours."""

    queue: str
    open: int
    late: int
    p50: float
    p90: float


class SpeedOut(Schema):
    """Decisions of a person (of all, without a name) in a week, and how many an hour in which one was made."""

    name: str
    is_own: bool
    decisions: int
    hours: int
    an_hour: float


class OverturnedOut(Schema):
    """Refusals under a policy in a month, and the share that was allowed later."""

    policy: str
    is_automatic: bool
    share: ShareOut


class PrecisionOut(Schema):
    """A rule's hits that people decided in a month, and the share they upheld."""

    rule: str
    share: ShareOut


class ActionOut(Schema):
    """Hours from the opening of a case to its first decision, in a month, and the share decided when due."""

    queue: str
    p50: float
    p90: float
    in_time: ShareOut


class DayOut(Schema):
    """Decisions of people on a day (UTC)."""

    day: date
    decisions: int


class MetricsOut(Schema):
    """How the desk does; ``prevalence`` is the share of what was live that breaks the rules."""

    queues: list[QueueAgeOut]
    speeds: list[SpeedOut]
    overturned: list[OverturnedOut]
    precisions: list[PrecisionOut]
    actions: list[ActionOut]
    by_day: list[DayOut]
    prevalence: ShareOut
    samples_waiting: int


class SampleOut(Schema):
    """A sample as it is judged: only what everybody sees."""

    id: str
    title: str
    body: str
    category: str
    photos: int
    kind: str
    subject_id: str


class NextSample(Schema):
    """The sample to judge next; null when none waits."""

    sample: SampleOut | None


class JudgementIn(BodySchema):
    """What a sample is; one that breaks the rules needs the policy it breaks."""

    finding: Literal["fine", "breaks"]
    policy: Annotated[str, Field(max_length=40, pattern=r"^[^\u0000]*$")] = ""


class WellnessOut(Schema):
    """What one has looked at today; ``left`` hard cases may still be taken, ``break_due`` says why a break is."""

    cases: int
    hard: int
    photos: int
    cap: int
    left: int
    break_due: str
    grey: bool
    blurred: bool
    hard_queues: bool


class ComfortIn(BodySchema):
    """How one wants to be shown what is hard to look at; without ``cap`` the site's holds."""

    grey: Annotated[bool, Field(strict=True)]
    blurred: Annotated[bool, Field(strict=True)]
    hard_queues: Annotated[bool, Field(strict=True)]
    cap: Annotated[int, Field(ge=0, le=200, strict=True)] | None = None


class PhotosOut(Schema):
    """Where the photos of a case are; that one looks at them is on record."""

    photos: list[str]
