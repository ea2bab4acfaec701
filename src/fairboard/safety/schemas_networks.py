"""Shapes of the networks in safety's API."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema
from fairboard.safety.schemas import Text


class NetworkOut(Schema):
    """A network in figures; ``rhythm`` and ``risk`` are 0 to 1."""

    id: str
    size: int
    members: int
    places: int
    growth: int
    refused: int
    rhythm: float
    risk: float
    stands_out: bool
    first_at: datetime | None
    last_at: datetime | None
    case_id: str


class NetworkList(Schema):
    """A page of networks, those of the highest risk first."""

    items: list[NetworkOut]
    next_cursor: str


class LinkedAdOut(Schema):
    """An ad of a network and the keys of the evidence it shares."""

    kind: str
    subject_id: str
    title: str
    url: str
    state: str
    author_id: str
    author_name: str
    place: str
    posted_at: datetime
    is_refused: bool
    case_id: str
    evidence: list[str]


class SharedOut(Schema):
    """What ads of a network share; ``value`` is empty where only a hash of it is kept."""

    key: str
    kind: str
    value: str
    strength: float
    is_enough: bool
    here: int
    ads: int
    members: int
    places: int


class NetworkDetail(Schema):
    """A network with its ads, newest first, and what ties them, strongest first."""

    network: NetworkOut
    ads: list[LinkedAdOut]
    evidence: list[SharedOut]
    more_ads: int


class HoldIn(BodySchema):
    """Why a whole network is held."""

    policy: Annotated[str, Field(max_length=40)] = ""
    reason: Text = ""


class HeldOut(Schema):
    """What holding a network did."""

    cases: int
    members: int


class NetworkCaseOut(Schema):
    """The case about a network."""

    case_id: str
