"""Shapes of imports, exports, duplicates and merges over the API."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema

Key = Annotated[str, Field(max_length=43)]
Id = Annotated[str, Field(max_length=16)]


class ImportFileOut(Schema):
    """A file of an import: ``columns`` say for each heading its field, ``by`` what relations are found by."""

    id: str
    name: str
    type_key: str
    headings: list[str]
    sample: list[list[str]]
    columns: list[dict[str, Any]]
    mode: str
    match: str
    rows: int
    done: int
    created: int
    updated: int
    unchanged: int
    bad: int
    warned: int


class ImportOut(Schema):
    """An import. ``state``: draft, queued, running, summing, done, failed, stopped, undoing, undone."""

    id: str
    source: str
    state: str
    dry_run: bool
    lenient: bool
    country: str
    message: str
    created_at: datetime
    finished_at: datetime | None
    files: list[ImportFileOut]
    left: list[dict[str, str]]


class ColumnIn(BodySchema):
    """What a column becomes; an empty ``field`` leaves it out. ``create`` makes records that are named and missing,
    ``grow`` adds choices, ``make`` makes the suggested new field."""

    heading: Annotated[str, Field(max_length=220)]
    field: Key = ""
    by: Key = ""
    create: bool = False
    grow: bool = False
    make: bool = False


class ImportFileIn(BodySchema):
    """How a file is read; what is not given stays."""

    type: Key | None = None
    columns: Annotated[list[ColumnIn], Field(max_length=1000)] | None = None
    mode: Annotated[str, Field(max_length=6)] | None = None
    match: Key | None = None


class ImportStartIn(BodySchema):
    """``dry_run`` writes nothing; ``lenient``: a bad value costs itself, not its row; ``country`` of phone numbers."""

    dry_run: bool = False
    lenient: bool | None = None
    country: Annotated[str, Field(max_length=2, pattern="^[A-Za-z]{0,2}$")] | None = None


class ImportProblemOut(Schema):
    """What is wrong with a row: heading, value and reason, once or several times."""

    file: str
    row: int
    is_refused: bool
    lines: list[list[str]]


class ExportIn(BodySchema):
    """Records of a filter tree as csv, jsonl or xlsx; all visible columns when none is named."""

    type: Key
    format: Annotated[str, Field(max_length=5)] = "csv"
    filter: dict[str, Any] | None = None
    columns: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=1000)] = []


class ExportOut(Schema):
    """An export. ``state``: queued, running, done, failed; ``withheld`` records are left out for safety."""

    id: str
    type_key: str
    format: str
    state: str
    rows: int
    withheld: int
    message: str
    created_at: datetime
    expires_at: datetime | None


class CandidatesIn(BodySchema):
    """Values somebody is about to enter."""

    type: Key
    values: dict[str, Any]


class CandidateOut(Schema):
    """A record that may be the same; ``score`` 0 to 100."""

    id: str
    type_key: str
    name: str
    score: int
    reasons: list[str]


class PairSideOut(Schema):
    """A record of a pair."""

    id: str
    name: str


class PairOut(Schema):
    """Two records that are alike."""

    id: str
    first: PairSideOut
    second: PairSideOut
    score: int
    reasons: list[str]
    state: str
    found_at: datetime


class PairList(Schema):
    """A page of pairs."""

    items: list[PairOut]
    next_cursor: str = ""


class SearchIn(BodySchema):
    """The type whose records are compared."""

    type: Key


class DataMadeOut(Schema):
    """The id of what was made."""

    id: str


class MergeIn(BodySchema):
    """Records to be made one; ``chosen`` names for a field the record whose value is kept."""

    records: Annotated[list[Id], Field(max_length=20)]
    survivor: Id
    chosen: dict[Key, Id] = {}
    dry_run: bool = False


class MergeOut(Schema):
    """What a merge came to, or would; ``moves`` counts records by type and relation."""

    survivor: str
    values: dict[str, Any]
    moves: dict[str, int]
    merge_id: str


class MergeUndoneOut(Schema):
    """The records of which something was left, because it was changed since."""

    left: list[str]
