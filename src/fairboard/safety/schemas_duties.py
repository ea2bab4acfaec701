"""Shapes of the API of takedown requests, traders, risk assessments and the transparency report."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.safety.schemas import Text

NO_NULL = r"^[^\u0000]*$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

Yes = Annotated[bool, Field(strict=True)]
Short = Annotated[str, Field(max_length=120, pattern=NO_NULL)]
Line = Annotated[str, Field(max_length=200, pattern=NO_NULL)]
Place = Annotated[str, Field(max_length=500, pattern=NO_NULL)]
Mail = Annotated[str, Field(max_length=254, pattern=NO_NULL)]
LongText = Annotated[str, Field(max_length=10_000, pattern=NO_NULL)]
Level = Annotated[int, Field(ge=1, le=4, strict=True)]


class TakedownIn(BodySchema):
    """A request to take down an intimate image (TAKE IT DOWN Act, section 3). ``depicted`` says who is shown."""

    name: Short
    depicted: Line
    contact: Mail
    location: Place
    statement: Text
    signature: Short
    phone: Annotated[str, Field(max_length=40, pattern=NO_NULL)] = ""
    is_agent: Yes = False
    is_forgery: Yes = False
    is_child: Yes = False
    in_good_faith: Yes = False


class TakedownReceipt(Schema):
    """Where a request stands; ``id`` is the receipt."""

    id: str
    state: str
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    missing: list[str]
    copies: int


class TakedownOut(Schema):
    """A request in the list; ``copies`` are how many other things with the same photo were taken down."""

    id: str
    state: str
    location: str
    subject_kind: str
    subject_id: str
    is_forgery: bool
    is_child: bool
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    is_late: bool
    copies: int


class TakedownList(Schema):
    """A page of requests, by deadline."""

    items: list[TakedownOut]
    next_cursor: str


class TakedownDetail(Schema):
    """One request with who asked; ``photos`` are the SHA-256 of the located ad's newest version."""

    row: TakedownOut
    details: dict[str, str]
    is_agent: bool
    missing: list[str]
    answer: str
    title: str
    url: str
    photos: list[str]
    thumbnails: list[str]
    earlier_invalid: int


class RemoveIn(BodySchema):
    """Where the image is, when the request did not say so we could find it, and which photos show the person."""

    location: Place = ""
    photos: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]], Field(max_length=50)] = []
    answer: Text = ""


class RemovedOut(Schema):
    """How many photos are known from now on."""

    photos: int


class DeclineIn(BodySchema):
    """What a request lacks, and what the requester is told."""

    missing: Annotated[list[Literal["signature", "location", "statement", "contact", "image"]], Field(min_length=1)]
    answer: Text


class TraderOut(Schema):
    """A seller the law asks about; amounts in US cents."""

    member_id: str
    name: str
    state: str
    is_trader: bool
    is_high_volume: bool
    country: str
    sales: int
    gross_minor: int
    year_minor: int
    due_at: datetime | None
    is_late: bool
    suspended_at: datetime | None


class TraderList(Schema):
    """A page of sellers, by their clock."""

    items: list[TraderOut]
    next_cursor: str


class TraderDetail(Schema):
    """One seller with what they gave."""

    row: TraderOut
    details: dict[str, str]
    id_outcome: str
    answer: str
    given_at: datetime | None
    verified_at: datetime | None
    certified_at: datetime | None
    warned_at: datetime | None


class OwnTrader(Schema):
    """One's own record; null for somebody the law asks nothing of."""

    record: TraderDetail | None


class TraderIn(BodySchema):
    """What a trader gives. ``at_home``: a person without a business address, who is then not shown with one."""

    name: Line
    address: Place
    country: Annotated[str, Field(pattern="^[A-Za-z]{2}$")]
    phone: Annotated[str, Field(max_length=40, pattern=NO_NULL)]
    email: Mail
    account: Annotated[str, Field(max_length=60, pattern=NO_NULL)]
    tax_id: Annotated[str, Field(max_length=40, pattern=NO_NULL)] = ""
    register_name: Short = ""
    register_number: Annotated[str, Field(max_length=60, pattern=NO_NULL)] = ""
    at_home: Yes = False
    certifies: Yes = False


class BusinessIn(BodySchema):
    """Whether one sells as a business."""

    is_trader: Yes


class VerifyIn(BodySchema):
    """That a document was seen which proves who it is."""

    id_outcome: Literal["passed"]


class RefuseIn(BodySchema):
    """What is wrong with the details, as the seller is told."""

    reason: Text


class RiskOut(Schema):
    """The risk of one kind of content; ``level`` is likelihood times impact, 1 to 16."""

    kind: str
    label: str
    likelihood: int
    impact: int
    level: int
    measures: str
    evidence: str


class AssessmentOut(Schema):
    """One version of a risk assessment."""

    id: str
    regime: str
    label: str
    law: str
    version: int
    owner: str
    review_on: date
    is_overdue: bool
    written_by_name: str
    at: datetime
    summary: str
    rows: list[RiskOut]


class RiskIn(BodySchema):
    """The risk of one kind of content as judged, 1 (negligible) to 4 (high)."""

    kind: Annotated[str, Field(pattern="^[a-z_]{1,30}$")]
    likelihood: Level
    impact: Level
    measures: LongText = ""
    evidence: LongText = ""


class AssessmentIn(BodySchema):
    """The next version of an assessment: every kind of its regime once."""

    regime: Literal["uk-osa", "eu-dsa"]
    rows: Annotated[list[RiskIn], Field(max_length=40)]
    owner: Short
    review_on: Annotated[str, Field(pattern=DAY, description="A day within the next twelve months.")]
    summary: Annotated[str, Field(max_length=20_000, pattern=NO_NULL)] = ""


class ReportTable(Schema):
    """A table of the transparency report: ``labels`` name the first columns, ``measures`` the rest."""

    key: str
    title: str
    note: str
    labels: list[str]
    measures: list[str]
    rows: list[list[str]]


class TransparencyOut(Schema):
    """The report of the days from ``start`` to before ``end``; counts under five read ``<5``."""

    start: date
    end: date
    tables: list[ReportTable]
