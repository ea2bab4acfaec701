"""Reading records: one, a page of a filter, how many, what is tied to one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import OrderBy, RawSQL
from django.utils.translation import gettext as _

from fairboard.crm import sql
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Link, Record
from fairboard.crm.queries import behaviour
from fairboard.crm.queries.access import SeatInfo, seat_of, visible_fields, visible_sql
from fairboard.fields import FieldSpec
from fairboard.filters import Column, Node, Schema, compile_sql
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, dialect
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, Invalid, NotFound

SYSTEM_ORDERS = {"id": "crm_record.id", "name": "crm_record.name", "created": "crm_record.created_at",
                 "updated": "crm_record.updated_at", "owner": "crm_record.owner_id"}  # fmt: skip
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record as its reader may see it: ``values`` by field key, as JSON keeps them, without hidden fields."""

    id: str
    pk: int
    type_key: str
    name: str
    record_type: str
    owner_id: str
    version: int
    created_at: datetime
    updated_at: datetime
    values: Mapping[str, Any]
    is_deleted: bool = False


def readable(actor: Actor, type_key: str) -> tuple[SeatInfo, TypeInfo]:
    """The seat and the type, checked: raises NotFound for a type the actor sees nothing of."""
    seat, info = seat_of(actor), catalogue().type(type_key)
    if seat.on(type_key).read == "none":
        raise NotFound(_("There is no object type %(key)s.") % {"key": type_key})
    return seat, info


def schema_of(actor: Actor, type_key: str) -> Schema:
    """What records of a type can be filtered by: system columns, every visible field, fields of what they point to."""
    seat, info = readable(actor, type_key)
    return schema_for(seat, info)


def schema_for(seat: SeatInfo, info: TypeInfo) -> Schema:
    """The schema of a type for a seat; kept with the definition."""
    kept: dict[tuple[str, tuple[tuple[str, str], ...]], Schema] = info.cache.setdefault("schemas", {})
    key = (seat.profile, tuple(sorted(seat.fields.items())))
    if key not in kept:
        kept[key] = Schema(
            {
                **_system_columns(), **_own_columns(seat, info), **_related_columns(seat, info),
                **behaviour.columns(info),
            }
        )  # fmt: skip
    return kept[key]


def _system_columns() -> dict[str, Column]:
    texts = {"id": "public_id", "owner": "owner_id", "record_type": "record_type"}
    found = {
        key: Column(FieldSpec(key, key, "text"), f"crm_record.{name}", label=str(_(key)), exact=True)
        for key, name in texts.items()
    }
    found["name"] = Column(FieldSpec("name", "Name", "text"), "crm_record.name", label=str(_("Name")))
    for key, name in (("created", "created_at"), ("updated", "updated_at")):
        found[key] = Column(FieldSpec(key, key, "date"), day_of(f"crm_record.{name}"), label=str(_(key)))
        moment = FieldSpec(f"{key}_at", key, "datetime")
        found[f"{key}_at"] = Column(moment, f"crm_record.{name}", label=str(_(key)))
    return found


def _own_columns(seat: SeatInfo, info: TypeInfo) -> dict[str, Column]:
    return {key: _column(info.fields[key], sql.expressions(info.fields[key])) for key in visible_fields(seat, info)}


def _related_columns(seat: SeatInfo, info: TypeInfo) -> dict[str, Column]:
    found = {}
    for relation in info.relations:
        if relation.is_many or len(relation.targets) != 1 or seat.fields.get(f"{info.key}.{relation.key}") == "hidden":
            continue
        other = catalogue().types.get(relation.targets[0])
        if other is None or seat.on(other.key).read != "all":
            continue
        for key in visible_fields(seat, other):
            field = other.fields[key]
            if field.kind != "relation":
                label = f"{relation.label}: {field.label}"
                found[f"{relation.key}.{key}"] = _column(field, sql.related(relation, field), label)
    return found


def _column(field: FieldInfo, expressions: Mapping[str, str], label: str = "") -> Column:
    spec = field.spec
    if field.is_many:
        spec = FieldSpec(field.key, field.label, "multichoice")
    is_exact = field.kind == "relation" or field.type in {"email", "phone"}
    return Column(spec, expressions, label=label or field.label, exact=is_exact, is_json=True)


def selected(seat: SeatInfo, info: TypeInfo, tree: Node | None, *, level: str = "") -> "QuerySet[Record]":
    """The records of a type in a filter that the seat may read, or act on; in no order."""
    condition, params = condition_of(seat, info, tree, level=level)
    return Record.objects.filter(RawSQL(f"({condition})", params, output_field=BooleanField()))  # noqa: S611, values are bound


def condition_of(seat: SeatInfo, info: TypeInfo, tree: Node | None, *, level: str = "") -> tuple[str, list[Any]]:
    """The SQL of those records, with its parameters: for sums and groups."""
    condition, params = sql.alive(info), []
    seen, more = visible_sql(seat, info, level)
    if seen != "1 = 1":
        condition, params = f"{condition} AND {seen}", list(more)
    if tree is not None:
        found = compile_sql(tree, schema_for(seat, info), dialect=dialect())
        condition, params = f"{condition} AND ({found.text})", [*params, *found.params]
    return condition, params


def records(
    *, actor: Actor, type_key: str, tree: Node | None = None, sort: str = "-id", cursor: str = "", size: int = 50
) -> Page[RecordRow]:
    """A page of the records of a filter. ``sort`` is a field or system column, ``-`` in front turns it round.

    Raises NotFound, Invalid. Empty values come first in rising order.
    """
    seat, info = readable(actor, type_key)
    key, falls = sort.removeprefix("-"), sort.startswith("-")
    expression = _order(seat, info, key)
    found = selected(seat, info, tree)
    if cursor:
        found = found.filter(_after(expression, key, falls, cursor))
    order = RawSQL(expression, [])  # noqa: S611, made of field keys
    if key == "id":
        ordered = found.order_by(OrderBy(order, descending=falls))
    else:
        ordered = found.order_by(
            OrderBy(order, descending=falls, nulls_first=None if dialect() == "sqlite" or falls else True,
                    nulls_last=True if falls and dialect() == "postgresql" else None),
            "-id" if falls else "id",
        )  # fmt: skip
    rows = list(ordered.annotate(_value=order)[: size + 1])
    more = ""
    if len(rows) > size:
        last: Any = rows[size - 1]
        more = encode_cursor(_plain(last._value) if key != "id" else None, last.pk)
    return Page([record_row(one, seat, info) for one in rows[:size]], next_cursor=more)


def _order(seat: SeatInfo, info: TypeInfo, key: str) -> str:
    if key in SYSTEM_ORDERS:
        return SYSTEM_ORDERS[key]
    if key not in visible_fields(seat, info) or info.fields[key].is_many or info.fields[key].type == "multichoice":
        raise Invalid(_("There is no order by %(key)s here.") % {"key": key}, field="sort")
    return sql.expressions(info.fields[key])[dialect()]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else float(value)


def _after(expression: str, key: str, falls: bool, cursor: str) -> RawSQL:
    value, pk = _cursor(cursor)
    sign = "<" if falls else ">"
    if key == "id":
        text, params = f"crm_record.id {sign} %s", [pk]
    elif value is None and falls:
        text, params = f"({expression} IS NULL AND crm_record.id < %s)", [pk]
    elif value is None:
        text, params = f"({expression} IS NOT NULL OR crm_record.id > %s)", [pk]
    else:
        if key in {"created", "updated"} and isinstance(value, str):
            value = connection.ops.adapt_datetimefield_value(datetime.fromisoformat(value))
        empty = f" OR {expression} IS NULL" if falls else ""
        text, params = f"(({expression}, crm_record.id) {sign} (%s, %s){empty})", [value, pk]
    return RawSQL(f"({text})", params, output_field=BooleanField())  # noqa: S611, values are bound


def _cursor(cursor: str) -> tuple[Any, int]:
    for kind in (str, int, float, bool, type(None)):
        try:
            value, pk = decode_cursor(cursor, [kind, int])
            return value, int(pk)
        except Invalid:
            continue
    value, pk = decode_cursor(cursor, [str, int])
    return value, int(pk)


def record_row(record: Record, seat: SeatInfo, info: TypeInfo) -> RecordRow:
    """A record as the seat sees it."""
    hidden = [key for key in record.data if seat.fields.get(f"{info.key}.{key}") == "hidden" or key not in info.fields]
    values = record.data if not hidden else {key: one for key, one in record.data.items() if key not in hidden}
    return RecordRow(
        record.public_id, record.pk, info.key, record.name, record.record_type, record.owner_id, record.version,
        record.created_at, record.updated_at, values, record.deleted_at is not None,
    )  # fmt: skip


def counted(*, actor: Actor, type_key: str, tree: Node | None = None, most: int = MOST_COUNTED) -> int:
    """How many records a filter holds, at most ``most`` (0: no limit)."""
    seat, info = readable(actor, type_key)
    found = selected(seat, info, tree)
    return found[:most].count() if most else found.count()


def walked(
    *, actor: Actor, type_key: str, tree: Node | None = None, after: int = 0, size: int = 1_000
) -> Iterator[list[RecordRow]]:
    """Every record of a filter in the order of their ids, in lists of ``size``: for exports and long work."""
    seat, info = readable(actor, type_key)
    while True:
        rows = list(selected(seat, info, tree).filter(pk__gt=after).order_by("pk")[:size])
        if not rows:
            return
        yield [record_row(one, seat, info) for one in rows]
        after = rows[-1].pk


def record(*, actor: Actor, record_id: str, with_deleted: bool = False) -> RecordRow:
    """One record; raises NotFound also for one the actor may not see."""
    row = Record.objects.filter(public_id=record_id).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    if row is None or info is None or (row.deleted_at is not None and not with_deleted):
        raise NotFound(_("There is no such record."))
    seat = seat_of(actor)
    if not may(seat, info, row, "read"):
        raise NotFound(_("There is no such record."))
    return record_row(row, seat, info)


def may(seat: SeatInfo, info: TypeInfo, row: Record | RecordRow, act: str) -> bool:
    """Whether a seat may ``read``, ``edit`` or ``delete`` one record."""
    level = getattr(seat.on(info.key), act)
    if level == "all":
        return True
    condition, params = visible_sql(seat, info, "" if act == "read" else level)
    return Record.objects.filter(pk=row.pk).filter(RawSQL(condition, params, output_field=BooleanField())).exists()  # noqa: S611


def records_by_id(*, actor: Actor, ids: Collection[str]) -> dict[str, RecordRow]:
    """Those of the records the actor may see, by id."""
    if not ids:
        return {}
    seat, known = seat_of(actor), catalogue().by_id
    found: dict[str, RecordRow] = {}
    by_type: dict[int, list[str]] = {}
    ordered = sorted(ids)
    for part in (ordered[start : start + 500] for start in range(0, len(ordered), 500)):
        by_type.clear()
        for public_id, type_id in Record.objects.filter(public_id__in=part).values_list("public_id", "type_id"):
            by_type.setdefault(type_id, []).append(public_id)
        for type_id, wanted in by_type.items():
            info = known.get(type_id)
            if info is not None:
                for row in selected(seat, info, None).filter(public_id__in=wanted):
                    found[row.public_id] = record_row(row, seat, info)
    return found


def related(*, actor: Actor, record_pk: int, type_key: str, field_key: str, size: int = 20) -> Sequence[RecordRow]:
    """The records of a type whose relation ``field_key`` holds a record, the newest first."""
    seat, info = readable(actor, type_key)
    sources = Link.objects.filter(target_id=record_pk, field_id=info.field(field_key).id).values("source_id")
    rows = selected(seat, info, None).filter(pk__in=sources).order_by("-pk")[:size]
    return [record_row(one, seat, info) for one in rows]


def names_of(*, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    """The names of records the actor may see, for showing what relations hold."""
    return {key: row.name for key, row in records_by_id(actor=actor, ids=ids).items()}


def check_permission(actor: Actor, permission: str) -> SeatInfo:
    """The seat, which must hold a permission such as import or export; raises Forbidden."""
    seat = seat_of(actor)
    if not seat.may(permission):
        raise Forbidden(_("Your profile does not allow this: %(what)s.") % {"what": permission})
    return seat
