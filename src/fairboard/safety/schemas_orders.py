"""Shapes of the API of orders."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from fairboard.kit.schemas import BodySchema

Text = Annotated[str, Field(max_length=20_000, pattern=r"^[^\u0000]*$")]
Line = Annotated[str, Field(max_length=200, pattern=r"^[^\u0000]*$")]
Kind = Literal["removal", "information", "subpoena", "warrant", "preservation", "emergency", "own_report"]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime.fromisoformat("1900-01-01T00:00:00Z"), le=datetime.fromisoformat("2200-01-01T00:00:00Z")),
]


class OrderSubjectIO(Schema):
    """A member or a published thing."""

    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
    id: Annotated[str, Field(pattern=r"^[0-9a-z]{1,16}$")]


class OrderIn(BodySchema):
    """An order as it arrived. Without ``due_at`` the clock of its kind is used."""

    kind: Kind
    authority: Line
    country: Annotated[str, Field(pattern="^[A-Za-z]{2}$")]
    received_at: Moment
    received_how: Literal["mail", "portal", "post", "served", "phone", "sent"]
    subjects: Annotated[list[OrderSubjectIO], Field(min_length=1, max_length=200)]
    asked: Text = ""
    legal_basis: Line = ""
    reference: Annotated[str, Field(max_length=120, pattern=r"^[^\u0000]*$")] = ""
    language: Annotated[str, Field(max_length=10, pattern=r"^[A-Za-z-]*$")] = "en"
    contact: Annotated[str, Field(max_length=254, pattern=r"^[^\u0000]*$")] = ""
    scope_from: Moment | None = None
    scope_until: Moment | None = None
    due_at: Moment | None = None
    is_confidential: bool = False
    silent_until: Moment | None = None


class OrderOut(Schema):
    """An order in the list."""

    id: str
    kind: str
    law: str
    state: str
    authority: str
    country: str
    reference: str
    received_at: datetime
    due_at: datetime
    is_late: bool
    is_confidential: bool
    subjects: int


class OrderList(Schema):
    """A page of orders, by deadline."""

    items: list[OrderOut]
    next_cursor: str


class OrderStepOut(Schema):
    """A step of an order or a link of a chain of custody."""

    step: str
    text: str
    by_name: str
    at: datetime
    to: str


class DisclosureOut(Schema):
    """A package made for an order."""

    id: str
    sha256: str
    root: str
    size: int
    files: int
    at: datetime
    custody: list[OrderStepOut]


class OrderDetail(Schema):
    """One order with its subjects, log and packages."""

    row: OrderOut
    contact: str
    legal_basis: str
    language: str
    received_how: str
    asked: str
    scope_from: datetime | None
    scope_until: datetime | None
    silent_until: datetime | None
    told_at: datetime | None
    subjects: list[OrderSubjectIO]
    entries: list[OrderStepOut]
    disclosures: list[DisclosureOut]


class OrderStepIn(BodySchema):
    """A step with its words; for carrying out an order against content they are what the author is told."""

    step: Literal["verify", "carry_out", "renew", "lift", "answer", "refuse", "withdraw", "note"]
    text: Text = ""


class HandOverIn(BodySchema):
    """To whom of the authority a package was given, and how."""

    to: Line
    how: Annotated[str, Field(max_length=300, pattern=r"^[^\u0000]*$")] = ""


class ExtendIn(BodySchema):
    """A later deadline, a longer silence, or both, and who granted it."""

    due_at: Moment | None = None
    silent_until: Moment | None = None
    text: Text


class OpenIn(BodySchema):
    """What the package is needed for."""

    purpose: Annotated[str, Field(max_length=300, pattern=r"^[^\u0000]*$")]
