"""Shapes of forms and of rules for scores over the API."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator

from fairboard.kit.schemas import BodySchema


def _printable(given: str) -> str:
    if "\x00" in given:
        raise ValueError("This text holds a character no database keeps.")
    return given


Words = Annotated[str, AfterValidator(_printable)]
"""Text that is kept as it is sent."""


class AskedIn(BodySchema):
    """A field a form asks for: the key of a field of its type."""

    key: Words = Field(max_length=43)
    label: Words = Field("", max_length=120)
    required: bool = False


class FormIn(BodySchema):
    """What a form is set to, as a whole; ``owners`` are ids of staff who take turns, ``campaign`` a record's id."""

    name: Words = Field(max_length=120)
    slug: Words = Field(max_length=60)
    type_key: Words = Field("lead", max_length=40)
    title: Words = Field("", max_length=120)
    intro: Words = Field("", max_length=2_000)
    button: Words = Field("", max_length=60)
    asked: list[AskedIn] = Field(max_length=20)
    topic: Words = Field("", max_length=40)
    wording: Words = Field("", max_length=500)
    is_consent_required: bool = False
    thanks: Words = Field("", max_length=2_000)
    redirect: Words = Field("", max_length=400)
    owners: list[Words] = Field([], max_length=200)
    campaign: Words = Field("", max_length=16)
    is_advertise: bool = False


class AskedOut(Schema):
    """A field a form asks for."""

    key: str
    label: str
    required: bool


class FormDetail(Schema):
    """A form with everything it is set to."""

    id: str
    name: str
    slug: str
    type_key: str
    title: str
    intro: str
    button: str
    asked: list[AskedOut]
    topic: str
    wording: str
    is_consent_required: bool
    thanks: str
    redirect: str
    owners: list[str]
    campaign: str
    is_advertise: bool


class ScoreRuleIn(BodySchema):
    """A rule: while the condition (CEL) holds, a record of the type gets the points."""

    type_key: Words = Field("lead", max_length=40)
    name: Words = Field(max_length=120)
    expression: Words = Field(max_length=2_000)
    points: int = Field(ge=-1_000, le=1_000)


class ScoreRuleOut(Schema):
    """A rule; ``problem`` says why it no longer works."""

    id: str
    type_key: str
    name: str
    expression: str
    points: int
    problem: str
