"""Indexes made when a field needs one, dropped when it does not: partial, on the expression filters use.

Their names are ``crm_x_`` with the field's id, ``crm_u_`` for unique ones and ``crm_v_`` with the id of a view for
several fields together.
"""

from collections.abc import Sequence

from django.db import connection

from fairboard.crm import sql
from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.kit.lists import dialect

TEXTS = {"text", "email", "link", "phone"}
SYSTEM = {"name": "name", "created": "created_at", "updated": "updated_at", "owner": "owner_id"}


def key_of(field: FieldInfo) -> str:
    """The expression a unique index is on: letters of either case are one, as in look-ups."""
    found = sql.expressions(field, "")[dialect()]
    return f"lower({found})" if field.type in TEXTS else found


def make(info: TypeInfo, field: FieldInfo) -> None:
    """Make the index of a field, unique or not; nothing happens when it is there."""
    if field.is_unique:
        _create(f"crm_u_{field.id:d}", f"({key_of(field)})", info, unique=True)
    elif field.is_indexed:
        _create(f"crm_x_{field.id:d}", f"({_column(field)}){_order()}, id", info)


def drop(field_id: int) -> None:
    """Drop what indexes a field has."""
    _settle()
    with connection.cursor() as cursor:
        for kind in "xu":
            cursor.execute(f"DROP INDEX IF EXISTS crm_{kind}_{field_id:d}")


def make_for(name: str, info: TypeInfo, keys: Sequence[str]) -> None:
    """Make an index over several fields in this order, for a view or a segment that is counted often."""
    parts = [(SYSTEM[key] if key in SYSTEM else f"({_column(info.field(key))})") + _order() for key in keys]
    _create(name, ", ".join([*parts, "id"]), info)


def make_matching(info: TypeInfo, key: str) -> str:
    """Make the index by which many records are found by a field, or by their ``name``; returns its name.

    An empty name says that there is one already. It is on the expression `matching_key` gives.
    """
    if key == "id" or (key in info.fields and info.fields[key].is_unique):
        return ""
    name = f"crm_m_{info.id:d}_{info.fields[key].id if key in info.fields else 0:d}"
    _create(name, f"({matching_key(info, key)})", info)
    return name


def matching_key(info: TypeInfo, key: str) -> str:
    """The expression records are found by: their ``id``, ``name``, or a field; letters of either case are one."""
    if key == "id":
        return "public_id"
    return "lower(name)" if key not in info.fields else key_of(info.fields[key])


def drop_named(name: str) -> None:
    """Drop the index of a view or a segment."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {connection.ops.quote_name(name)}")


def _column(field: FieldInfo) -> str:
    return sql.expressions(field, "")[dialect()]


def _order() -> str:
    """Empty values come first on both databases."""
    return "" if dialect() == "sqlite" else " NULLS FIRST"


def _settle() -> None:
    """PostgreSQL changes no index of a table while checks of rows written in this transaction are still to come."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        connection.check_constraints()


def _create(name: str, columns: str, info: TypeInfo, *, unique: bool = False) -> None:
    kind = "UNIQUE INDEX" if unique else "INDEX"
    _settle()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE {kind} IF NOT EXISTS {connection.ops.quote_name(name)} ON crm_record ({columns})"
            f" WHERE type_id = {info.id:d} AND deleted_at IS NULL"
        )
