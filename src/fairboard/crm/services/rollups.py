"""Roll-up fields: what the records that point to a record come to, kept in it and worked out anew when they change."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from fairboard.crm import formulas, sql
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Record
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.records import schema_for
from fairboard.fields import field_type
from fairboard.filters import compile_sql, parse, validate
from fairboard.kit import bulk
from fairboard.kit.lists import dialect

FUNCTIONS = ("count", "sum", "min", "max", "last")
MOST_LEVELS = 5
CHUNK = 500


def refresh(type_key: str, parents: Collection[int], *, at: datetime, level: int = 0) -> None:
    """Work out the roll-ups over records of a type that the given records keep, and those above that sum these up."""
    if not parents or level >= MOST_LEVELS:
        return
    for info, fields in _by_type(catalogue().rollups_over(type_key)):
        for chunk in _chunks(sorted(parents)):
            touched = _refresh(info, fields, chunk, at)
            above = _parents(info, touched)
            refresh(info.key, above, at=at, level=level + 1)


def refresh_all(info: TypeInfo, field: FieldInfo, *, at: datetime, after: int = 0, until: int = 0) -> int:
    """Work out one roll-up for the next records of its type; returns the last one's row, 0 when none is left.

    ``until`` is the last row that is looked at, 0 for all.
    """
    found = Record.objects.filter(type_id=info.id, deleted_at=None, pk__gt=after)
    if until:
        found = found.filter(pk__lte=until)
    rows = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not rows:
        return 0
    _refresh(info, [field], rows, at)
    return rows[-1]


def _by_type(found: Iterable[tuple[TypeInfo, FieldInfo]]) -> Iterable[tuple[TypeInfo, list[FieldInfo]]]:
    grouped: dict[str, tuple[TypeInfo, list[FieldInfo]]] = {}
    for info, one in found:
        grouped.setdefault(info.key, (info, []))[1].append(one)
    return grouped.values()


def _refresh(info: TypeInfo, fields: list[FieldInfo], parents: list[int], at: datetime) -> list[int]:
    sums = {one.key: _summed(one, parents) for one in fields}
    changed = []
    for row in Record.objects.filter(pk__in=parents, type_id=info.id):
        before = dict(row.data)
        for one in fields:
            value = sums[one.key].get(row.pk, 0 if one.options["function"] in {"count", "sum"} else None)
            if value is None:
                row.data.pop(one.key, None)
            else:
                row.data[one.key] = _plain(one, value)
        formulas.work_out(info, row.data, is_new=False)
        if row.data != before:
            row.version += 1
            row.updated_at = at
            changed.append(row)
    bulk.update(changed, ["data", "version", "updated_at"])
    return [row.pk for row in changed]


def _summed(one: FieldInfo, parents: list[int]) -> dict[int, Any]:
    source = catalogue().type(one.options["from"])
    relation = source.field(one.options["via"])
    column = "1"
    if one.options["function"] != "count":
        column = sql.expressions(source.field(one.options["of"]))[dialect()]
    where, params = _filter(one, source)
    marks = ", ".join(["%s"] * len(parents))
    inner = (
        f"FROM crm_link way JOIN crm_record ON crm_record.id = way.source_id"
        f" WHERE way.field_id = {relation.id:d} AND way.target_id IN ({marks}) AND {sql.alive(source)}{where}"
    )
    if one.options["function"] == "last":
        text = (
            f"SELECT id, found FROM (SELECT way.target_id AS id, {column} AS found, ROW_NUMBER() OVER"
            f" (PARTITION BY way.target_id ORDER BY crm_record.id DESC) AS place {inner} AND {column} IS NOT NULL) seen"
            " WHERE place = 1"
        )
    else:
        text = f"SELECT way.target_id, {one.options['function']}({column}) {inner} GROUP BY way.target_id"
    with connection.cursor() as cursor:
        cursor.execute(text, [*parents, *params])
        return dict(cursor.fetchall())


def _filter(one: FieldInfo, source: TypeInfo) -> tuple[str, list[Any]]:
    tree = one.options.get("filter")
    if not tree:
        return "", []
    schema = schema_for(SYSTEM_SEAT, source)
    found = compile_sql(validate(parse(tree), schema), schema, dialect=dialect())
    return f" AND ({found.text})", list(found.params)


def _plain(one: FieldInfo, value: Any) -> Any:
    kind = field_type(one.spec.type)
    return kind.to_json(kind.parse(value, one.spec))


def _parents(info: TypeInfo, rows: list[int]) -> set[int]:
    """The records that rows of a type point to and that sum such rows up."""
    found: set[int] = set()
    wanted = {one.options["via"] for _info, one in catalogue().rollups_over(info.key)}
    ids = [info.fields[key].id for key in wanted if key in info.fields]
    if not ids or not rows:
        return found
    with connection.cursor() as cursor:
        marks = ", ".join(f"{one:d}" for one in rows)
        fields = ", ".join(f"{one:d}" for one in ids)
        cursor.execute(
            f"SELECT DISTINCT target_id FROM crm_link WHERE field_id IN ({fields}) AND source_id IN ({marks})"
        )
        found.update(row[0] for row in cursor.fetchall())
    return found


def _chunks(found: list[int]) -> Iterable[list[int]]:
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))
