"""Writing new rows by one prepared statement: half of what an import costs with `bulk_create` is making its SQL."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, BigAutoField, DateTimeField, Field, JSONField, Model

Row = TypeVar("Row", bound=Model)


def insert(rows: Sequence[Row]) -> None:
    """Insert new objects of one model, in their order, and give them their ids.

    As with `bulk_create`, neither ``save`` nor a signal is called. Raises RuntimeError outside a transaction: on SQLite
    it is the transaction's lock that keeps the ids from being given twice.
    """
    if not rows:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("Rows are written in a transaction; there is none here.")
    model = type(rows[0])
    sql, readers = _statement(model, connection.vendor)
    if rows[0].pk is None and isinstance(model._meta.pk, AutoField | BigAutoField):
        give_ids(rows)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [tuple([read(row) for read in readers]) for row in rows])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def update(rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write these fields of existing objects by one prepared statement, each row found by its primary key."""
    if not rows:
        return
    model = type(rows[0])
    sql, readers = _update_statement(model, tuple(fields), connection.vendor)
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*(read(row) for read in readers), row.pk) for row in rows])


@lru_cache(maxsize=64)
def _update_statement(
    model: type[Model], fields: tuple[str, ...], vendor: str
) -> tuple[str, tuple[Callable[[Any], Any], ...]]:
    quote = connection.ops.quote_name
    found = [model._meta.get_field(name) for name in fields]
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in found)  # type: ignore[union-attr]
    pk = quote(str(model._meta.pk.column))
    readers = tuple(_reader(field) for field in found)  # type: ignore[arg-type]
    return f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {pk} = %s", readers


def give_ids(rows: Sequence[Row]) -> None:
    """Give new objects of one model the ids they are inserted with next, where a column of theirs needs them."""
    for row, number in zip(rows, _ids(type(rows[0]), len(rows)) if rows else (), strict=True):
        row.pk = number


def next_ids(model: type[Model], count: int) -> Sequence[int]:
    """So many ids that no row has or had, for who writes the rows by a statement of their own."""
    return _ids(model, count)


def _ids(model: type[Model], count: int) -> Sequence[int]:
    """So many ids that no row has or had."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()
            start = (last[0] if last else 0) + 1
            return range(start, start + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
        )
        return [row[0] for row in cursor.fetchall()]


@lru_cache(maxsize=64)
def _statement(model: type[Model], vendor: str) -> tuple[str, tuple[Callable[[Any], Any], ...]]:
    """The INSERT of a model and, for each column, how an object's value is made the database's."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
    return sql, tuple(_reader(field) for field in fields)


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    name = field.attname
    if isinstance(field, DateTimeField):
        adapted = lru_cache(maxsize=256)(connection.ops.adapt_datetimefield_value)  # a batch has one moment
        return lambda row: adapted(getattr(row, name))
    if isinstance(field, JSONField):
        return _json_reader(name, field.encoder)
    return attrgetter(name)


def _json_reader(name: str, encoder: Any) -> Callable[[Any], Any]:
    """Most lists and objects that are written are empty: what these are made of is kept."""
    adapt = connection.ops.adapt_json_value
    empty: dict[type, Any] = {list: adapt([], encoder), dict: adapt({}, encoder)}

    def read(row: Any) -> Any:
        value = getattr(row, name)
        return (None if value else empty.get(type(value))) or adapt(value, encoder)

    return read
