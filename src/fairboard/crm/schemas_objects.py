"""Shapes of the API of objects."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import PROBLEMS, BodySchema

CHANGE_PROBLEMS = PROBLEMS | {412, 428}
"""What a change can be refused with: beside the usual, that it is of another version or of none."""
MOST_ROWS = 200
Text = Annotated[str, Field(max_length=2_000)]


class RightsOut(Schema):
    """What the caller may do with records of a type: ``all``, ``team``, ``own`` or ``none``."""

    read: str
    edit: str
    delete: str
    create: bool


class ObjectTypeOut(Schema):
    """An object type."""

    key: str
    label: str
    plural: str
    icon: str
    is_standard: bool
    rights: RightsOut


class ChoiceOut(Schema):
    """A choice of a field, a record type or a pipeline."""

    key: str
    label: str


class VariantOut(ChoiceOut):
    """A record type."""

    is_default: bool


class ObjectStageOut(ChoiceOut):
    """A stage; ``probability`` in percent, ``outcome`` open, won or lost."""

    probability: int
    outcome: str


class ObjectPipelineOut(VariantOut):
    """A pipeline and its stages in order."""

    stages: list[ObjectStageOut]


class ObjectFieldOut(Schema):
    """A field. ``kind`` says where its value comes from, ``type`` what it is."""

    key: str
    label: str
    kind: str
    type: str
    required: bool
    unique: bool
    indexed: bool
    is_standard: bool
    is_writable: bool
    many: bool
    targets: list[str]
    choices: list[ChoiceOut]
    unit: str
    minimum: float | None
    maximum: float | None
    decimals: int
    max_length: int
    help: str
    operators: list[str]


class DescribeOut(ObjectTypeOut):
    """A type with everything one needs to read and write its records."""

    name_fields: list[str]
    record_types: list[VariantOut]
    pipelines: list[ObjectPipelineOut]
    fields: list[ObjectFieldOut]


class ObjectRecordOut(Schema):
    """A record. ``values`` by field key as JSON keeps them; an empty field is missing."""

    id: str
    type: str
    name: str
    record_type: str
    owner: str
    version: int
    created: datetime
    updated: datetime
    values: dict[str, Any]
    expanded: dict[str, Any] | None = None
    is_deleted: bool = False


class ObjectRecordPage(Schema):
    """A page of records; ``total`` only when asked for, at most 10,000."""

    items: list[ObjectRecordOut]
    next_cursor: str
    total: int | None = None


class RecordIn(BodySchema):
    """A record to be made: values by field key; ``owner`` is a member's id."""

    values: dict[str, Any] = {}
    owner: Annotated[str, Field(max_length=16)] | None = None
    record_type: Annotated[str, Field(max_length=40)] | None = None


class OutcomeOut(Schema):
    """What became of a row: the record, or why not."""

    record: ObjectRecordOut | None = None
    problem: dict[str, Any] | None = None


class ManyOut(Schema):
    """What became of the rows of an array, in their order."""

    results: list[OutcomeOut]
    created: int
    failed: int


class QueryIn(BodySchema):
    """A list asked for with a filter tree."""

    filter: dict[str, Any] | None = None
    sort: Annotated[str, Field(max_length=60)] = "-id"
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str, Field(max_length=1_000)] = ""
    fields: list[Annotated[str, Field(max_length=43)]] = []
    expand: list[Annotated[str, Field(max_length=43)]] = []
    count: bool = False
