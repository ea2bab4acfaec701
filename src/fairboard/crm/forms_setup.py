"""What the console's forms say, as services take it: options of a field, rows of a filter, rights of a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.fields import field_type
from fairboard.filters import Schema
from fairboard.kit.problems import Invalid

VALUE_TYPES = {
    "text": gettext_lazy("Text"), "longtext": gettext_lazy("Long text"), "number": gettext_lazy("Number"),
    "money": gettext_lazy("Money"), "date": gettext_lazy("Date"), "time": gettext_lazy("Time"),
    "datetime": gettext_lazy("Date and time"), "yesno": gettext_lazy("Yes or no"), "choice": gettext_lazy("Choice"),
    "multichoice": gettext_lazy("Several choices"), "link": gettext_lazy("Link"), "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
}  # fmt: skip
KINDS = {
    "value": gettext_lazy("A value somebody writes"), "formula": gettext_lazy("A formula over the record"),
    "relation": gettext_lazy("A relation to other records"),
    "rollup": gettext_lazy("A sum over records that point here"),
}  # fmt: skip
FUNCTIONS = {
    "count": gettext_lazy("How many"), "sum": gettext_lazy("Sum"), "min": gettext_lazy("Smallest"),
    "max": gettext_lazy("Largest"), "last": gettext_lazy("Last one's"),
}  # fmt: skip
OPERATORS = {
    "eq": gettext_lazy("is"), "ne": gettext_lazy("is not"), "lt": gettext_lazy("less than"),
    "lte": gettext_lazy("at most"), "gt": gettext_lazy("more than"), "gte": gettext_lazy("at least"),
    "contains": gettext_lazy("contains"), "starts_with": gettext_lazy("begins with"),
    "has_any": gettext_lazy("has"), "is_empty": gettext_lazy("is empty (yes or no)"),
}  # fmt: skip
MOST_ROWS = 8


@dataclass(slots=True)
class FilterRow:
    """A row of a filter while it is typed."""

    field: str = ""
    op: str = "eq"
    value: str = ""


@dataclass(slots=True)
class FilterRows:
    """The rows of a filter and how they belong together."""

    joined: str = "and"
    rows: list[FilterRow] = field(default_factory=list)


def choice_lines(choices: Sequence[Mapping[str, Any]]) -> str:
    """Choices as lines of ``key: Label``."""
    return "\n".join(f"{one['key']}: {one['label']}" for one in choices)


def read_choices(text: str) -> list[dict[str, str]]:
    """Choices of lines, each a label or ``key: Label``; raises Invalid for a key that comes twice."""
    found: list[dict[str, str]] = []
    for line in text.replace("\x00", "").splitlines():
        key, colon, label = line.partition(":")
        if not colon:
            key, label = "", line
        label = label.strip()[:100]
        key = key.strip() or slugify(label).replace("-", "_")[:40]
        if not label:
            continue
        key = key or f"choice_{len(found) + 1}"
        if any(one["key"] == key for one in found):
            raise Invalid(_("The choice %(key)s comes twice.") % {"key": key}, field="choices")
        found.append({"key": key, "label": label})
    return found


def field_options(kind: str, value_type: str, post: QueryDict, schema: Schema | None = None) -> dict[str, Any]:
    """The options of a field as its form says them; raises Invalid. ``schema`` is that of a roll-up's records."""
    found: dict[str, Any] = {}
    if text := post.get("help", "").replace("\x00", "").strip():
        found["help"] = text[:200]
    if kind == "formula":
        found["expression"] = post.get("expression", "").replace("\r\n", "\n")
    if kind == "relation":
        found["targets"] = [one for one in post.getlist("targets") if one]
        if post.get("many") == "yes":
            found["many"] = True
    if kind == "rollup":
        found |= {"from": post.get("from", ""), "via": post.get("via", ""), "function": post.get("function", "count")}
        if post.get("of") and found["function"] != "count":
            found["of"] = post["of"]
        if schema and (tree := read_rows(post, schema)):
            found["filter"] = tree
    if kind == "value" and value_type in {"choice", "multichoice"}:
        found["choices"] = read_choices(post.get("choices", ""))
    if kind != "relation" and value_type in {"number", "money"}:
        found |= _numeric(post, bounds=kind == "value")
    if kind == "value" and value_type in {"text", "longtext"} and post.get("max_length", "").strip():
        found["max_length"] = _whole(post.get("max_length", ""), "max_length", 1, 100_000)
    return found


def _numeric(post: QueryDict, *, bounds: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if unit := post.get("unit", "").replace("\x00", "").strip():
        found["unit"] = unit[:12]
    if post.get("decimals", "").strip():
        found["decimals"] = _whole(post.get("decimals", ""), "decimals", 0, 6)
    for name in ("minimum", "maximum") if bounds else ():
        if text := post.get(name, "").strip():
            try:
                found[name] = float(text.replace(",", "."))
            except ValueError:
                raise Invalid(_("Write a number here."), field=name) from None
    return found


def _whole(text: str, name: str, least: int, most: int) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9) or not least <= int(text) <= most:
        raise Invalid(
            _("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}, field=name
        )
    return int(text)


def read_rows(post: QueryDict, schema: Schema) -> dict[str, Any]:
    """The filter tree of the rows that have a field; empty without any."""
    typed = typed_rows(post)
    found: list[dict[str, Any]] = []
    for one in typed.rows:
        if not one.field or one.field not in schema.columns:
            continue
        value: Any = one.value.replace("\x00", "").strip()
        if one.op == "is_empty":
            value = value.lower() not in {"no", "false", "0"}
        elif one.op == "has_any":
            value = [part.strip() for part in one.value.split(",") if part.strip()]
        found.append({"field": one.field, "op": one.op, "value": value})
    if not found:
        return {}
    return found[0] if len(found) == 1 else {typed.joined: found}


def typed_rows(post: QueryDict) -> FilterRows:
    """The rows as they were typed."""
    fields, ops, values = post.getlist("row_field"), post.getlist("row_op"), post.getlist("row_value")
    rows = [
        FilterRow(name, op if op in OPERATORS else "eq", value)
        for name, op, value in zip(fields, ops, values, strict=False)
    ]  # fmt: skip
    return FilterRows("or" if post.get("row_joined") == "or" else "and", rows[:MOST_ROWS])


def rows_of(tree: Mapping[str, Any]) -> FilterRows | None:
    """The rows that say a tree, None for one that rows cannot say."""
    if not tree:
        return FilterRows()
    joined = "or" if "or" in tree else "and"
    children = tree.get(joined, [tree])
    if not all(isinstance(one, Mapping) and "field" in one and one.get("op") in OPERATORS for one in children):
        return None
    return FilterRows(joined, [FilterRow(one["field"], one["op"], _text(one.get("value"))) for one in children])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def operators_of(one: FieldInfo) -> list[str]:
    """The operators a row can have for a field."""
    return [op for op in field_type(one.spec.type).operators if op in OPERATORS]


def read_sections(post: QueryDict) -> list[tuple[str, list[str]]]:
    """The sections of a layout, in the order of the form: ``title.N`` and ``fields.N``."""
    numbers = sorted({int(name[6:]) for name in post if name.startswith("title.") and name[6:].isdigit()})
    return [(post.get(f"title.{at}", "").replace("\x00", ""), post.getlist(f"fields.{at}")) for at in numbers[:40]]


def read_rights(post: QueryDict, types: Mapping[str, TypeInfo]) -> dict[str, dict[str, Any]]:
    """The rights of a profile: ``right.KEY.ACT``; a type that holds with all is left out."""
    found: dict[str, dict[str, Any]] = {}
    for key in ("*", *types):
        if key != "*" and post.get(f"right.{key}.own") != "yes":
            continue
        found[key] = {act: post.get(f"right.{key}.{act}", "none") for act in ("read", "edit", "delete")}
        found[key]["create"] = post.get(f"right.{key}.create") == "yes"
    return found
