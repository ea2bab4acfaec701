"""Lists of records as the API takes and gives them: saved views, bulk edits, search, groups."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema


class ViewIn(BodySchema):
    """A view to save: ``me`` as owner and ``today+7`` as a day in ``filter`` are what they are for the reader."""

    type: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=60)
    kind: Literal["table", "board", "calendar", "map"] = "table"
    filter: dict[str, Any] | None = None
    columns: list[str] = Field([], max_length=40)
    sort: str = Field("", max_length=60)
    group: str = Field("", max_length=60)
    shared: bool = False
    options: dict[str, str] = {}


class ViewOut(Schema):
    """A saved view."""

    id: str
    type: str
    name: str
    kind: str
    owner_id: str
    shared: bool
    may_edit: bool
    filter: dict[str, Any] | None
    columns: list[str]
    sort: str
    group: str
    options: dict[str, Any]


class ViewList(Schema):
    """The views of a type that the caller has."""

    items: list[ViewOut]


class ListedRecordOut(Schema):
    """A record with the values its reader sees."""

    id: str
    type: str
    name: str
    owner_id: str
    record_type: str
    version: int
    created_at: datetime
    updated_at: datetime
    values: dict[str, Any]


class ListedRecordPage(Schema):
    """A page of a view's records; ``count`` ends at 10,000."""

    items: list[ListedRecordOut]
    next_cursor: str
    count: int


class BulkIn(BodySchema):
    """A change of many records: those of ``ids``, or with ``all`` every one of ``filter``.

    ``values`` are by field key as for one record; null empties a field. Only records the caller may change are taken.
    """

    type: str = Field(max_length=40)
    act: Literal["edit", "delete", "restore"] = "edit"
    ids: list[str] = Field([], max_length=10_000)
    all: bool = False
    filter: dict[str, Any] | None = None
    values: dict[str, Any] = {}
    owner_id: str | None = Field(None, max_length=16)


class BulkProblem(Schema):
    """A record that was not changed, or fields that an undo left alone because somebody changed them since."""

    id: str
    name: str
    error: str
    fields: list[str]


class BulkOut(Schema):
    """How far a change of many records is; ``state`` is waiting, running, done, undoing or undone."""

    id: str
    type: str
    act: str
    state: str
    total: int
    done: int
    changed: int
    unchanged: int
    failed: int
    undone: int
    skipped: int
    created_at: datetime
    may_undo: bool
    problems: list[BulkProblem]


class FoundOut(Schema):
    """A record that was found."""

    id: str
    type: str
    name: str
    hint: str
    owner_id: str


class FoundList(Schema):
    """What a text found, the best first."""

    items: list[FoundOut]


class GroupOut(Schema):
    """How many records have a value (null: none), and the sum of a field over them."""

    key: Any = None
    count: int
    total: float | None = None


class GroupList(Schema):
    """The groups of a filter, the biggest first."""

    items: list[GroupOut]
