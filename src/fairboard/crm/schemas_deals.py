"""Shapes of conversion and quotes over the API."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema

Id = Annotated[str, Field(max_length=16, pattern=r"^[0-9a-z]*$")]
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\u0000]*$")]


class ConvertIn(BodySchema):
    """What a lead becomes: an empty id makes a new one; ``deal`` holds a deal's values, none makes no deal."""

    account_id: Id = ""
    contact_id: Id = ""
    deal: dict[str, Any] | None = None


class ConvertedOut(Schema):
    """What a lead became."""

    account_id: str
    contact_id: str
    deal_id: str


class LineIn(BodySchema):
    """A line of a quote; an empty id adds one. Name and price left empty are the product's."""

    id: Id = ""
    product: Id = ""
    name: Short = ""
    quantity: Short = ""
    price: Short = ""
    discount: Short = ""


class DealLinesIn(BodySchema):
    """All lines of a quote in their order: one that is missing is removed."""

    lines: list[LineIn] = Field(max_length=200)


class LineOut(Schema):
    """A line with its values by field key."""

    id: str
    name: str
    values: dict[str, Any]


class QuoteOut(Schema):
    """A quote with its lines and sums."""

    id: str
    name: str
    values: dict[str, Any]
    lines: list[LineOut]


class InvoiceOut(Schema):
    """The invoice of an accepted quote."""

    id: str
    number: str
    amount: float
