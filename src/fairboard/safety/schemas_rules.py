"""Shapes of the rules over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.safety.schemas import Text

Short = Annotated[str, Field(max_length=500, pattern=r"^[^\u0000]*$")]
Rows = Annotated[dict[str, Any], Field(description="A tree: all, any, not, or {variable, operator, value}.")]


class RuleIn(BodySchema):
    """A version of a rule. Give ``rows`` or ``when`` (CEL); ``rows`` win."""

    name: Short
    when: Text = ""
    rows: Rows | None = None
    policy: Annotated[str, Field(max_length=40)]
    action: Annotated[str, Field(max_length=10, description="allow, hold, reject or escalate.")] = "hold"
    severity: int = 2
    message: Short
    note: Text = ""
    owner: Annotated[str, Field(max_length=80)] = ""
    source: Short = ""
    delay_minutes: int = 0


class NewRuleIn(RuleIn):
    """A new rule."""

    key: Annotated[str, Field(max_length=60)]


class WrittenOut(Schema):
    """A version as it was kept; ``is_new`` is false where nothing differed from the newest."""

    rule_id: str
    key: str
    number: int
    is_new: bool


class HitsOut(Schema):
    """What a rule hit in 7 and 30 days, and what people said; null where the caller may not know."""

    week: int | None
    month: int | None
    upheld: int | None
    overturned: int | None
    overturn_rate: float | None


class RuleOut(Schema):
    """A rule. ``live`` and ``shadow`` are version numbers, 0 for none; packaged rules have no id."""

    id: str
    key: str
    name: str
    life: str
    policy: str
    action: str
    severity: int
    owner: str
    newest: int
    live: int
    shadow: int
    has_mistake: bool
    changed_at: datetime | None
    hits: HitsOut


class RuleList(Schema):
    """A page of rules."""

    items: list[RuleOut]
    next_cursor: str


class VersionOut(Schema):
    """A version of a rule."""

    number: int
    when: str
    rows: dict[str, Any] | None
    policy: str
    action: str
    severity: int
    message: str
    note: str
    owner: str
    source: str
    delay_minutes: int
    created_by: str
    at: datetime


class RuleDetail(RuleOut):
    """A rule with its versions, the newest first."""

    versions: list[VersionOut]


class ConditionIn(BodySchema):
    """A condition to be checked; ``rows`` win over ``when``."""

    when: Text = ""
    rows: Rows | None = None


class ProblemAt(Schema):
    """What is wrong, by line and column of the CEL, or by the path and field of a row."""

    message: str
    line: int = 0
    column: int = 0
    path: str = ""
    field: str = ""


class CheckedOut(Schema):
    """A condition as CEL and as rows (null where rows cannot say it), and what is wrong with it."""

    when: str
    rows: dict[str, Any] | None
    problems: list[ProblemAt]


class VariableOut(Schema):
    """A variable of the rules with the operators rows may use on it."""

    name: str
    type: str
    doc: str
    operators: list[str]


class StepIn(BodySchema):
    """A step in a rule's life; the newest version when ``number`` is 0."""

    number: int = 0
    reason: Short = ""


class PackagedStepIn(BodySchema):
    """What is to be done with a packaged rule, and why."""

    life: Literal["live", "shadow", "retired"]
    reason: Short


class BackTestIn(BodySchema):
    """What to try on history: the newest version when ``number`` is 0, the last 90 days without ``since``."""

    number: int = 0
    since: datetime | None = None
    until: datetime | None = None


class AskedOut(Schema):
    """A back-test that was asked for."""

    id: str


class SampleOut(Schema):
    """A submission a version would have hit."""

    id: str
    title: str
    excerpt: str
    category: str
    state: str
    at: datetime


class BackTestOut(Schema):
    """A back-test as far as it is; ``states`` counts what became of hits."""

    id: str
    version: int
    against: int
    state: str
    since: datetime
    until: datetime
    seen: int
    total: int
    hits: int
    unknown: int
    states: dict[str, int]
    added: int
    dropped: int
    precision: float | None
    interval: list[float] | None
    categories: list[tuple[str, int]]
    days: list[tuple[str, int]]
    samples: list[SampleOut]
    is_hidden: bool
