"""The filter builder: a whole tree as a form, that works without JavaScript.

Every part of the tree has a path (``0`` the whole, ``0.2`` its third part). A group's field is ``g.PATH`` (all, any or
none), a condition's are ``f.PATH`` (field), ``o.PATH`` (operator) and ``v.PATH`` (values). A button sends ``do``:
add:PATH, group:PATH, drop:PATH, check or apply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.queries.records import names_of
from fairboard.crm.views.cells import record_named
from fairboard.fields import field_type
from fairboard.filters import Schema
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

JOINS: dict[str, str | Promise] = {
    "all": gettext_lazy("All of these"), "any": gettext_lazy("Any of these"), "none": gettext_lazy("None of these"),
}  # fmt: skip
OPERATORS: dict[str, str | Promise] = {
    "eq": gettext_lazy("is"), "ne": gettext_lazy("is not"), "lt": gettext_lazy("is less than"),
    "lte": gettext_lazy("is at most"), "gt": gettext_lazy("is more than"), "gte": gettext_lazy("is at least"),
    "in": gettext_lazy("is one of"), "between": gettext_lazy("is between"), "contains": gettext_lazy("contains"),
    "starts_with": gettext_lazy("begins with"), "is_empty": gettext_lazy("is empty"),
    "has_any": gettext_lazy("has any of"), "has_all": gettext_lazy("has all of"),
}  # fmt: skip
DATES: dict[str, str | Promise] = {
    "lt": gettext_lazy("is before"), "lte": gettext_lazy("is until"), "gt": gettext_lazy("is after"),
    "gte": gettext_lazy("is from"), "eq": gettext_lazy("is on"),
}  # fmt: skip
MOST_PARTS = 100
MOST_DEPTH = 5


@dataclass(slots=True)
class Part:
    """A group (``join`` is set) or a condition, as it is typed."""

    join: str = ""
    children: "list[Part]" = field(default_factory=list)
    name: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    error: str = ""


def from_tree(given: Any) -> Part:
    """The parts of a filter's JSON; an empty one is a group without conditions."""
    found = _part(given) if given else Part("all")
    return found if found.join else Part("all", [found])


def _part(given: Any) -> Part:
    if not isinstance(given, Mapping):
        return Part("all")
    if isinstance(given.get("and"), list):
        return Part("all", [_part(one) for one in given["and"]])
    if isinstance(given.get("or"), list):
        return Part("any", [_part(one) for one in given["or"]])
    if "not" in given:
        inner = given["not"]
        is_any = isinstance(inner, Mapping) and isinstance(inner.get("or"), list)
        return Part("none", [_part(one) for one in inner["or"]] if is_any else [_part(inner)])
    value = given.get("value")
    values = value if isinstance(value, list | tuple) else [value]
    return Part(name=str(given.get("field", "")), op=str(given.get("op", "eq")), values=[_text(one) for one in values])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def from_form(given: Mapping[str, Sequence[str]]) -> Part:
    """The parts a form sent."""
    found = _read(given, "0", [MOST_PARTS], 0)
    return found if found and found.join else Part("all", [found] if found else [])


def _read(given: Mapping[str, Sequence[str]], path: str, left: list[int], depth: int) -> Part | None:
    if f"g.{path}" in given and depth <= MOST_DEPTH:
        join = given[f"g.{path}"][0]
        prefix = f"{path}."
        numbers = {
            name[2 + len(prefix) :].partition(".")[0] for name in given
            if name[:2] in {"g.", "f."} and name[2:].startswith(prefix)
        }  # fmt: skip
        inner = []
        for number in sorted((one for one in numbers if one.isdecimal() and len(one) < 4), key=int):
            left[0] -= 1
            if left[0] < 0:
                break
            if (part := _read(given, f"{path}.{number}", left, depth + 1)) is not None:
                inner.append(part)
        return Part(join if join in JOINS else "all", inner)
    if f"f.{path}" in given:
        return Part(
            name=given[f"f.{path}"][0],
            op=(given.get(f"o.{path}") or [""])[0],
            values=list(given.get(f"v.{path}") or []),
        )
    return None


def act(root: Part, what: str) -> None:
    """Add to, group in, or drop from the parts, as a button says."""
    verb, _colon, path = what.partition(":")
    steps = [int(one) for one in path.split(".")[1:] if one.isdecimal()]
    above, here = root, root
    for step in steps:
        if step >= len(here.children):
            return
        above, here = here, here.children[step]
    if verb == "add" and here.join:
        here.children.append(Part())
    elif verb == "group" and here.join and len(steps) < MOST_DEPTH - 1:
        here.children.append(Part("any", [Part()]))
    elif verb == "drop" and steps:
        del above.children[steps[-1]]


def to_tree(part: Part, schema: Schema, info: TypeInfo, actor: Actor) -> dict[str, Any] | None:
    """The filter's JSON of the parts, None of a group that holds nothing. Errors are written beside the parts."""
    if not part.join:
        return _condition(part, schema, info, actor)
    inner = [found for one in part.children if (found := to_tree(one, schema, info, actor)) is not None]
    if not inner:
        return None
    if part.join == "all":
        return inner[0] if len(inner) == 1 and "field" not in inner[0] else {"and": inner}
    return {"or": inner} if part.join == "any" else {"not": {"or": inner}}


def _condition(part: Part, schema: Schema, info: TypeInfo, actor: Actor) -> dict[str, Any] | None:
    if not part.name:
        return None
    column = schema.columns.get(part.name)
    if column is None:
        part.error = str(_("There is no such field here."))
        return None
    operators = operators_of(column.spec.type, is_exact=column.exact)
    op = part.op if part.op in operators else next(iter(operators))
    values: list[Any] = [one.strip() for one in part.values if one.strip()]
    if op == "is_empty":
        return {"field": part.name, "op": op, "value": (values or ["yes"])[0] != "no"}
    if not values:
        part.error = str(_("Give a value."))
        return None
    relation = info.fields.get(part.name)
    if relation is not None and relation.kind == "relation":
        try:
            values = [record_named(one, relation.targets, actor, part.name) for one in values]
        except Invalid as problem:
            part.error = problem.detail
            return None
    if op == "between" and len(values) != 2:
        part.error = str(_("Give the lowest and the highest value."))
        return None
    if op in {"in", "has_any", "has_all", "between"}:
        if op == "in" and len(values) == 1:
            values = [one.strip() for one in str(values[0]).split(",") if one.strip()]
        return {"field": part.name, "op": op, "value": values}
    value: Any = values[0]
    return {"field": part.name, "op": op, "value": value == "yes" if column.spec.type == "yesno" else value}


def operators_of(kind: str, *, is_exact: bool = False) -> dict[str, str]:
    """The operators of a type of field, in its words."""
    words = OPERATORS | (DATES if kind in {"date", "datetime"} else {})
    names = field_type(kind).operators
    if is_exact:
        names = tuple(one for one in ("eq", "ne", "in", "is_empty", "contains", "starts_with") if one in names)
    return {one: str(words[one]) for one in names}


def draw(root: Part, schema: Schema, info: TypeInfo, actor: Actor) -> dict[str, Any]:
    """The parts for the template: nested, each with its path and its controls."""
    relations = {one.key for one in info.relations}
    ids = {value for part in _all(root) if part.name in relations for value in part.values}
    called = names_of(actor=actor, ids=ids)
    return _draw(root, "0", schema, info, called)


def _all(part: Part) -> list[Part]:
    return [part, *(inner for child in part.children for inner in _all(child))]


def _draw(part: Part, path: str, schema: Schema, info: TypeInfo, called: Mapping[str, str]) -> dict[str, Any]:
    if part.join:
        inner = [_draw(one, f"{path}.{at}", schema, info, called) for at, one in enumerate(part.children)]
        depth = path.count(".")
        return {"path": path, "join": part.join, "children": inner, "depth": depth, "may_group": depth < MOST_DEPTH - 2}
    column = schema.columns.get(part.name)
    drawn: dict[str, Any] = {"path": path, "name": part.name, "error": part.error, "join": ""}
    if column is None:
        return drawn | {"kind": ""}
    operators = operators_of(column.spec.type, is_exact=column.exact)
    op = part.op if part.op in operators else next(iter(operators))
    drawn |= {"op": op, "operators": operators, "values": part.values, "unit": column.spec.unit}
    kind, one = column.spec.type, info.fields.get(part.name)
    if op == "is_empty":
        drawn["kind"] = "empty"
    elif part.name == "owner":
        drawn |= {"kind": "choices", "many": op == "in", "choices": _owners(part)}
    elif part.name == "record_type":
        pairs = [(variant.key, variant.label) for variant in info.variants]
        drawn |= {"kind": "choices", "many": op == "in", "choices": _choices(pairs, part)}
    elif one is not None and one.kind == "relation":
        shown = [f"{called[value]} #{value}" if value in called else value for value in part.values]
        drawn |= {"kind": "relation", "targets": ",".join(one.targets), "values": shown}
    elif kind in {"choice", "multichoice"}:
        pairs = [(choice.key, choice.label) for choice in column.spec.choices]
        drawn |= {"kind": "choices", "many": op in {"in", "has_any", "has_all"}, "choices": _choices(pairs, part)}
    elif kind == "yesno":
        drawn["kind"] = "yesno"
    else:
        kinds = {"number": "number", "money": "number", "date": "date", "datetime": "date"}
        drawn |= {"kind": kinds.get(kind, "text"), "two": op == "between"}
    return drawn


def _choices(pairs: Sequence[tuple[str, str]], part: Part) -> list[dict[str, Any]]:
    return [{"key": key, "label": label, "chosen": key in part.values} for key, label in pairs]


def _owners(part: Part) -> list[dict[str, Any]]:
    return _choices([("me", str(_("Me"))), *people.colleagues("crm.use").items()], part)


def fields_of(schema: Schema, info: TypeInfo) -> list[dict[str, Any]]:
    """The fields that can be filtered by, in groups: the type's own, the record's, those of what it points to."""
    groups: dict[str, list[dict[str, str]]] = {info.label: [], str(_("Record")): []}
    for key, column in schema.columns.items():
        if key == "id" or (key.endswith("_at") and key in {"created_at", "updated_at"}):
            continue
        label = column.label or column.spec.label
        if "." in key:
            relation = info.fields[key.partition(".")[0]].label
            groups.setdefault(relation, []).append({"key": key, "label": label})
        elif key.startswith("did_"):
            groups.setdefault(str(_("What happened")), []).append({"key": key, "label": label})
        else:
            groups[info.label if key in info.fields else str(_("Record"))].append(
                {"key": key, "label": label.capitalize()}
            )
    return [{"label": label, "fields": fields} for label, fields in groups.items() if fields]
