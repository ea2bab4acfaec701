"""Writing many new records of a type that has no formula, validation or pipeline: prepared statements, no objects.

The outcome is that of `writing.write`: the same checks, rows, links, hooks; tests compare the two.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models.base import ModelState

from fairboard.crm import hooks
from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Link, Record
from fairboard.crm.services import writing
from fairboard.kit import bulk, ids
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Problem
from fairboard.ledger.services import Entry, record_many

COLUMNS = (
    "id", "public_id", "type_id", "record_type", "name", "owner_id", "team_id", "territory_id", "data", "version",
    "created_at", "created_by", "updated_at", "deleted_at", "import_id",
)  # fmt: skip


class UniqueTaken(Problem):
    """One of the rows has a unique value that is taken."""


@dataclass(slots=True)
class NewRows:
    """New records: JSON without relations, names, and for each relation the targets (public id and row) by place."""

    data: list[bytes]
    names: list[str]
    links: dict[str, list[Any]] = field(default_factory=dict)

    def part(self, start: int, end: int) -> "NewRows":
        """Some of the rows."""
        return NewRows(
            self.data[start:end], self.names[start:end], {key: one[start:end] for key, one in self.links.items()}
        )


class LazyRows(Sequence[Written]):
    """The rows of a batch as objects, made when the first of them is looked at."""

    def __init__(self, make: Callable[[], list[Written]], count: int) -> None:
        self._make, self._count = make, count
        self._made: list[Written] | None = None

    def _rows(self) -> list[Written]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Written: ...
    @overload
    def __getitem__(self, place: slice) -> list[Written]: ...
    def __getitem__(self, place: int | slice) -> Written | list[Written]:
        return self._rows()[place]

    def __iter__(self) -> Iterator[Written]:
        return iter(self._rows())


def is_plain(info: TypeInfo) -> bool:
    """Whether new records of a type can be written without working out anything for each of them."""
    return not (
        info.pipelines or info.validations
        or any(one.kind == "formula" for one in info.fields.values())
        or any(info.fields[key].type != "text" for key in info.name_fields if key in info.fields)
    )  # fmt: skip


def insert(
    info: TypeInfo, rows: NewRows, *, actor: Actor, at: Any, import_id: int | None, source: str, entry: Entry,
) -> tuple[int, list[str]]:  # fmt: skip
    """Insert new records with their links under one event; returns its number and the public ids.

    Raises UniqueTaken where a unique value is taken, and what a guard raises.
    """
    count = len(rows.data)
    texts = [one.decode() for one in _with_links(rows)]
    public_ids, pks = ids.new_ids(count), list(bulk.next_ids(Record, count))
    owner = actor.id if actor.kind == "member" else ""
    team = writing.team_of(owner)
    variant = next((one.key for one in info.variants if one.is_default), "")

    def objects() -> list[Written]:
        made = []
        for pk, public_id, name, text in zip(pks, public_ids, rows.names, texts, strict=True):
            data = orjson.loads(text)
            row = Record.__new__(Record)
            row.__dict__.update(zip(COLUMNS, (
                pk, public_id, info.id, variant, name, owner, team, None, data, 1, at, actor.id, at, None, import_id,
            ), strict=True))  # fmt: skip
            row._state = ModelState()
            row._state.adding, row._state.db = False, connection.alias
            made.append(Written(row, {}, data, frozenset(data), True, event=event))
        return made

    event = 0
    lazy = LazyRows(objects, count)
    batch = Batch(info, lazy, actor, at, source)
    hooks.ask_guards(batch)
    moment = connection.ops.adapt_datetimefield_value(at)
    values = [
        (pk, public_id, info.id, variant, name, owner, team, None, text, 1, moment, actor.id, moment, None, import_id)
        for pk, public_id, name, text in zip(pks, public_ids, rows.names, texts, strict=True)
    ]
    try:
        with transaction.atomic():
            _insert("crm_record", COLUMNS, values)
    except IntegrityError as error:
        if "crm_u_" not in str(error):
            raise
        raise UniqueTaken from error
    _insert("crm_link", ("id", "field_id", "source_id", "target_id"), _links(info, rows, pks))
    (event,) = record_many(entries=[entry], actor=actor, at=at)
    if lazy._made is not None:
        for one in lazy._made:
            one.event = event
    hooks.tell_listeners(batch)
    return event, public_ids


def _with_links(rows: NewRows) -> list[bytes]:
    texts = rows.data
    for key, targets in rows.links.items():
        front = f'"{key}":'.encode()
        texts = [
            text if found is None else text[:-1] + (b"," if len(text) > 2 else b"") + front + _id(found) + b"}"
            for text, found in zip(texts, targets, strict=True)
        ]
    return texts


def _id(found: Any) -> bytes:
    if isinstance(found, list):
        return orjson.dumps([public_id for public_id, _pk in found])
    return f'"{found[0]}"'.encode()


def _links(info: TypeInfo, rows: NewRows, pks: Sequence[int]) -> list[tuple[Any, ...]]:
    made: list[tuple[int, int, int]] = []
    for key, targets in rows.links.items():
        number = info.fields[key].id
        for pk, found in zip(pks, targets, strict=True):
            if found is None:
                continue
            near = {one[1] for one in found} if isinstance(found, list) else {found[1]}
            made += [(number, pk, target) for target in near]
    return [(pk, *one) for pk, one in zip(bulk.next_ids(Link, len(made)), made, strict=True)] if made else []


def _insert(table: str, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{one}"' for one in columns)
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(columns))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        return
    with connection.cursor() as cursor, connection.wrap_database_errors:
        copying = cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN")
        with copying as copy:
            for row in values:
                copy.write_row(row)
