"""Shapes of definitions and access over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StrictInt

from fairboard.kit.schemas import BodySchema

Word = Annotated[str, Field(max_length=60, pattern=r"^[^\u0000]*$")]
Key = Annotated[str, Field(max_length=43, pattern=r"^[a-z0-9_]*$")]
Expression = Annotated[str, Field(max_length=4000, pattern=r"^[^\u0000]*$")]
Message = Annotated[str, Field(max_length=200, pattern=r"^[^\u0000]*$")]
Id = Annotated[str, Field(max_length=16, pattern=r"^[0-9a-z]*$")]
Options = Annotated[
    dict[str, Any], Field(description="What belongs to the kind: choices, unit, expression, targets...")
]


class TypeIn(BodySchema):
    """A new object type; a key left empty is made of the label."""

    label: Word
    plural: Word = ""
    key: Key = ""
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = "box"


class TypeChangeIn(BodySchema):
    """An object type as it is to be."""

    label: Word
    plural: Word
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")] = "box"
    name_fields: list[Key] = Field(min_length=1, max_length=10)


class FieldIn(BodySchema):
    """A new field. ``kind`` is value, formula, relation or rollup; ``value_type`` what its value is."""

    label: Word
    key: Key = ""
    kind: Literal["value", "formula", "relation", "rollup"] = "value"
    value_type: Annotated[str, Field(max_length=12)] = "text"
    options: Options = {}
    required: bool = False
    is_unique: bool = False
    is_indexed: bool = False


class FieldChangeIn(BodySchema):
    """What is to change in a field; what is missing stays."""

    label: Word | None = None
    options: Options | None = None
    required: bool | None = None
    is_unique: bool | None = None
    is_indexed: bool | None = None
    position: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None


class RetypeIn(BodySchema):
    """Another type for a field; with ``dry_run`` only what it would do is answered."""

    value_type: Annotated[str, Field(max_length=12)]
    options: Options = {}
    dry_run: bool = True


class PurgeIn(BodySchema):
    """The field's own key, to confirm that it goes for good."""

    confirmed: Key


class SetupFieldOut(Schema):
    """A field."""

    key: str
    label: str
    kind: str
    type: str
    required: bool
    is_unique: bool
    is_indexed: bool
    is_standard: bool
    options: dict[str, Any]
    choices: list[dict[str, str]]


class SetupStageOut(Schema):
    """A stage; ``probability`` in percent."""

    key: str
    label: str
    probability: int
    outcome: str


class SetupPipelineOut(Schema):
    """A pipeline and its stages in order."""

    key: str
    label: str
    is_default: bool
    stages: list[SetupStageOut]


class LayoutOut(Schema):
    """A layout: empty keys mean all."""

    record_type: str
    profile: str
    sections: list[dict[str, Any]]


class ValidationOut(Schema):
    """A validation that holds."""

    id: str
    name: str
    expression: str
    message: str
    field_key: str


class SetupTypeOut(Schema):
    """An object type."""

    key: str
    label: str
    plural: str
    icon: str
    is_standard: bool


class TypeDetail(SetupTypeOut):
    """An object type with everything defined for it."""

    name_fields: list[str]
    fields: list[SetupFieldOut]
    record_types: list[dict[str, Any]]
    layouts: list[LayoutOut]
    pipelines: list[SetupPipelineOut]
    validations: list[ValidationOut]


class WorkOut(Schema):
    """A pass over records; ``refused`` values could not be converted, ``samples`` are a few of them."""

    id: str
    kind: str
    label: str
    state: str
    done: int
    total: int
    changed: int
    refused: int
    samples: list[dict[str, str]]
    at: datetime


class RetypeOut(Schema):
    """What another type would do, or the pass that does it."""

    converts: int
    fails: int
    bad: list[str]
    work: str = ""


class SectionIn(BodySchema):
    """A section of a layout."""

    title: Word
    fields: list[Key] = Field(max_length=500)


class LayoutIn(BodySchema):
    """The sections for a record type and a profile; empty keys mean all."""

    record_type: Key = ""
    profile: Key = ""
    sections: list[SectionIn] = Field(max_length=30)


class PipelineIn(BodySchema):
    """A new pipeline."""

    label: Word


class StageIn(BodySchema):
    """A stage; a key left empty adds one."""

    key: Key = ""
    label: Word
    probability: Annotated[int, Field(ge=0, le=100)]
    outcome: Literal["open", "won", "lost"] = "open"


class ValidationIn(BodySchema):
    """A validation: a CEL condition that is true of a good record."""

    name: Annotated[str, Field(max_length=80, pattern=r"^[^\u0000]*$")]
    expression: Expression
    message: Message
    field_key: Key = ""
    is_active: bool = True


class ProfileIn(BodySchema):
    """A profile; ``rights`` by object key or ``*``, ``fields`` as ``type.field`` to hidden or read."""

    label: Word
    rights: dict[str, dict[str, Any]]
    fields: dict[str, Literal["hidden", "read"]] = {}
    permissions: list[Key] = Field(default=[], max_length=20)


class ProfileOut(Schema):
    """A profile and how many have it."""

    key: str
    label: str
    rights: dict[str, Any]
    fields: dict[str, str]
    permissions: list[str]
    seats: int


class SeatIn(BodySchema):
    """A colleague's place."""

    profile: Key
    team_id: Id = ""
    territory_ids: list[Id] = Field(default=[], max_length=100)


class SeatOut(Schema):
    """A colleague's place; without a seat of their own the profile is that of their role."""

    member_id: str
    name: str
    profile: str
    team_id: str
    territory_ids: list[str]
    has_seat: bool


class TeamIn(BodySchema):
    """A team, below another one or none."""

    name: Word
    parent_id: Id = ""


class TeamOut(Schema):
    """A team."""

    id: str
    name: str
    parent_id: str
    seats: int


class SetupMadeOut(Schema):
    """The key or id of what was made."""

    id: str
