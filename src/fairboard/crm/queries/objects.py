"""What the API says of object types, and how it reads simple parameters as a filter."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of, visible_fields
from fairboard.crm.queries.records import RecordRow, readable, record, records_by_id
from fairboard.fields import field_type
from fairboard.filters import And, FilterError, Node, Schema, parse, validate
from fairboard.filters.tree import MOST_CONDITIONS, OPERATORS
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound

RESERVED = frozenset({"limit", "cursor", "sort", "fields", "expand", "count"})
"""Parameters of a list that are not conditions."""
SEVERAL = frozenset({"in", "between", "has_any", "has_all"})


def types_of(actor: Actor) -> list[dict[str, Any]]:
    """The object types an actor sees, with what they may do with each; raises Forbidden."""
    seat = seat_of(actor)
    return [_head(seat, one) for one in catalogue().types.values() if seat.on(one.key).read != "none"]


def described(actor: Actor, type_key: str) -> dict[str, Any]:
    """A type with its fields, record types, pipelines and the caller's rights; raises NotFound, Forbidden."""
    seat, info = readable(actor, type_key)
    writable = editable_fields(seat, info)
    return _head(seat, info) | {
        "name_fields": list(info.name_fields),
        "record_types": [{"key": one.key, "label": one.label, "is_default": one.is_default} for one in info.variants],
        "pipelines": [
            {
                "key": way.key, "label": way.label, "is_default": way.is_default,
                "stages": [
                    {"key": one.key, "label": one.label, "probability": one.probability, "outcome": one.outcome}
                    for one in way.stages
                ],
            }
            for way in info.pipelines
        ],
        "fields": [_field(info.fields[key], key in writable) for key in visible_fields(seat, info)],
    }  # fmt: skip


def _head(seat: SeatInfo, info: TypeInfo) -> dict[str, Any]:
    rights = seat.on(info.key)
    return {
        "key": info.key, "label": info.label, "plural": info.plural, "icon": info.icon,
        "is_standard": info.is_standard,
        "rights": {"read": rights.read, "edit": rights.edit, "delete": rights.delete, "create": rights.create},
    }  # fmt: skip


def _field(one: FieldInfo, is_writable: bool) -> dict[str, Any]:
    spec = one.spec
    return {
        "key": one.key, "label": one.label, "kind": one.kind,
        "type": "relation" if one.kind == "relation" else one.type,
        "required": one.required, "unique": one.is_unique, "indexed": one.is_indexed or one.is_unique,
        "is_standard": one.is_standard, "is_writable": is_writable, "many": one.is_many, "targets": list(one.targets),
        "choices": [{"key": choice.key, "label": choice.label} for choice in spec.choices], "unit": spec.unit,
        "minimum": None if spec.minimum is None else float(spec.minimum),
        "maximum": None if spec.maximum is None else float(spec.maximum), "decimals": spec.decimals,
        "max_length": spec.max_length, "help": spec.help,
        "operators": list(field_type("multichoice" if one.is_many else spec.type).operators),
    }  # fmt: skip


def simple_tree(params: Mapping[str, Sequence[str]], schema: Schema) -> Node | None:
    """``stage=won&created__gte=2026-01-01&cf_area__gt=5`` as a validated tree; raises Invalid naming the parameter."""
    wanted = {name: values for name, values in params.items() if name not in RESERVED}
    if len(wanted) > MOST_CONDITIONS:
        raise Invalid(_("At most %(n)d conditions.") % {"n": MOST_CONDITIONS})
    children = [_condition(name, values, schema) for name, values in wanted.items()]
    return And(tuple(children)) if children else None


def _condition(name: str, values: Sequence[str], schema: Schema) -> Node:
    key, _sign, op = name.rpartition("__")
    if not key or op not in OPERATORS:
        key, op = name, ""
    if key not in schema.columns:
        raise Invalid(_("There is no field %(key)s.") % {"key": key}, field=name)
    is_many = schema.columns[key].spec.type == "multichoice"
    given: Any = values[-1]
    if op in SEVERAL or (is_many and op != "is_empty") or (not op and len(values) > 1):
        op = op or ("has_any" if is_many else "in")
        given = [part.strip() for value in values for part in value.split(",") if part.strip()]
    elif op == "is_empty":
        given = given.lower() not in {"no", "false", "0"}
    try:
        return validate(parse({"field": key, "op": op or "eq", "value": given}), schema)
    except FilterError as error:
        raise Invalid(error.message, field=name) from error


def tree_of(given: Any, schema: Schema) -> Node | None:
    """A filter tree sent as JSON, validated; raises Invalid with the path of what is wrong."""
    if given is None:
        return None
    try:
        return validate(parse(given), schema)
    except FilterError as error:
        raise Invalid(error.message, field=f"filter.{error.path}".rstrip(".")) from error


def chosen_fields(actor: Actor, type_key: str, text: str) -> list[str] | None:
    """The field keys of ``fields=a,b``, None for all; raises Invalid for one that is not there."""
    keys = [one.strip() for one in text.split(",") if one.strip()]
    if not keys:
        return None
    seat, info = readable(actor, type_key)
    seen = set(visible_fields(seat, info))
    for key in keys:
        if key not in seen:
            raise Invalid(_("There is no field %(key)s.") % {"key": key}, field="fields")
    return keys


def expanded(actor: Actor, type_key: str, text: str, rows: Sequence[RecordRow]) -> dict[str, dict[str, Any]]:
    """For each row id the records its relations named in ``expand=`` hold, by relation; raises Invalid."""
    keys = [one.strip() for one in text.split(",") if one.strip()]
    if not keys:
        return {}
    seat, info = readable(actor, type_key)
    seen = set(visible_fields(seat, info))
    for key in keys:
        if key not in seen or info.fields[key].kind != "relation":
            raise Invalid(_("%(key)s is no relation.") % {"key": key}, field="expand")
    held = {one for row in rows for key in keys for one in _listed(row.values.get(key))}
    found = records_by_id(actor=actor, ids=held)
    return {
        row.id: {
            key: [found[one] for one in _listed(row.values.get(key)) if one in found]
            if info.fields[key].is_many
            else found.get(str(row.values.get(key, "")))
            for key in keys
        }
        for row in rows
    }


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def record_of_type(*, actor: Actor, type_key: str, record_id: str, with_deleted: bool = False) -> RecordRow:
    """One record, which must be of this type; raises NotFound."""
    row = record(actor=actor, record_id=record_id, with_deleted=with_deleted)
    if row.type_key != type_key:
        raise NotFound(_("There is no such record."))
    return row
