"""What can be filtered: each field's type and where its value lies; checking a tree against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairboard.fields import FieldError, FieldSpec, field_type
from fairboard.filters.tree import And, Condition, FilterError, Node, Not, Or

MANY = {"in", "has_any", "has_all"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field that can be filtered.

    ``sql`` is its expression, one text or one for each dialect; ``indexed_as`` the key of its index
    terms when the table has an inverted index.
    """

    spec: FieldSpec
    sql: str | Mapping[str, str]
    indexed_as: str | None = None
    label: str = ""
    exact: bool = False
    """Whether people look for a whole value, such as an id, not for a part of a text."""
    is_json: bool = False
    """Whether the expression reads a value out of JSON, where moments are ISO texts."""

    def expression(self, dialect: str) -> str:
        """The SQL expression in a dialect."""
        return self.sql if isinstance(self.sql, str) else self.sql[dialect]


@dataclass(frozen=True)
class Schema:
    """Every field of a list that can be filtered."""

    columns: Mapping[str, Column] = field(default_factory=dict)

    def column(self, name: str, path: str = "") -> Column:
        """The column of a field; raises FilterError naming those there are."""
        if name not in self.columns:
            raise FilterError(path, f"There is no field {name!r} here; there are {', '.join(self.columns)}.")
        return self.columns[name]


def validate(node: Node, schema: Schema, path: str = "") -> Node:
    """The tree with every value typed by its field; raises FilterError."""
    here = f"{path}." if path else ""
    if isinstance(node, And):
        return And(tuple(validate(one, schema, f"{here}and[{at}]") for at, one in enumerate(node.children)))
    if isinstance(node, Or):
        return Or(tuple(validate(one, schema, f"{here}or[{at}]") for at, one in enumerate(node.children)))
    if isinstance(node, Not):
        return Not(validate(node.child, schema, f"{here}not"))
    column = schema.column(node.field, f"{here}field")
    kind = field_type(column.spec.type)
    if node.op not in kind.operators:
        raise FilterError(f"{here}op", f"{column.label or node.field} can be compared by {', '.join(kind.operators)}.")
    return Condition(node.field, node.op, _value(node, column, f"{here}value"))


def _value(node: Condition, column: Column, path: str) -> Any:
    if node.op == "is_empty":
        return node.value is not False
    if node.op == "between":
        if not isinstance(node.value, tuple) or len(node.value) != 2:
            raise FilterError(path, "Give the lowest and the highest value.")
        return (_typed(node.value[0], column, path), _typed(node.value[1], column, path))
    if node.op in MANY:
        if not isinstance(node.value, tuple):
            raise FilterError(path, "Give a list of values.")
        found = tuple(_typed(one, column, f"{path}[{at}]") for at, one in enumerate(node.value))
        return tuple(dict.fromkeys(found))
    return _typed(node.value, column, path)


def _typed(raw: Any, column: Column, path: str) -> Any:
    kind = field_type(column.spec.type)
    if column.spec.type == "multichoice":
        raw = (raw,)
    try:
        value = kind.parse(raw, column.spec) if raw is not None else None
    except FieldError as error:
        raise FilterError(path, str(error)) from error
    if value is None:
        raise FilterError(path, "Give a value.")
    return value[0] if column.spec.type == "multichoice" else value
