"""A validated tree as one SQL condition, with the same meaning on SQLite and PostgreSQL.

Every condition is true or false, never unknown: on an empty value each is false, but ``ne`` and
``is_empty`` are true. `matches` says the same in Python and is what both are tested against.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from fairboard.fields import field_type
from fairboard.filters.schema import Column, Schema
from fairboard.filters.tree import And, Condition, FilterError, Node, Not, Or

SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition with ``%s`` for each parameter."""

    text: str
    params: tuple[Any, ...]


def compile_sql(node: Node, schema: Schema, *, dialect: str) -> Sql:
    """The WHERE condition of a validated tree; raises FilterError for an unknown field or dialect."""
    if dialect not in DIALECTS:
        raise FilterError("", f"There is no dialect {dialect!r}.")
    params: list[Any] = []
    text = _compile(node, schema, dialect, params)
    return Sql(text, tuple(params))


def _compile(node: Node, schema: Schema, dialect: str, params: list[Any]) -> str:
    if isinstance(node, And | Or):
        if not node.children:
            return "1 = 1" if isinstance(node, And) else "1 = 0"
        glue = " AND " if isinstance(node, And) else " OR "
        return "(" + glue.join(_compile(child, schema, dialect, params) for child in node.children) + ")"
    if isinstance(node, Not):
        return f"(NOT {_compile(node.child, schema, dialect, params)})"
    return _condition(node, schema.column(node.field), dialect, params)


def _condition(node: Condition, column: Column, dialect: str, params: list[Any]) -> str:
    sql = column.expression(dialect)
    value = node.value
    if column.spec.type == "multichoice":
        return _multichoice(node, sql, dialect, params)
    if node.op == "is_empty":
        empty = f"({sql} IS NULL OR {sql} = '')" if _is_text(column) else f"({sql} IS NULL)"
        return empty if value else f"(NOT {empty})"
    if node.op == "between":
        params += [_param(value[0], column, dialect), _param(value[1], column, dialect)]
        return f"({sql} IS NOT NULL AND {sql} BETWEEN %s AND %s)"
    if node.op == "in":
        if not value:
            return "1 = 0"
        params += [_param(one, column, dialect) for one in value]
        return f"({sql} IS NOT NULL AND {sql} IN ({', '.join(['%s'] * len(value))}))"
    if node.op in {"contains", "starts_with"}:
        params.append(_pattern(str(value), node.op))
        return f"({sql} IS NOT NULL AND {_lower(sql, dialect)} LIKE %s ESCAPE '!')"
    params.append(_param(value, column, dialect))
    if node.op == "ne":
        return f"({sql} IS NULL OR {sql} <> %s)"
    return f"({sql} IS NOT NULL AND {sql} {SIGNS[node.op]} %s)"


def _multichoice(node: Condition, sql: str, dialect: str, params: list[Any]) -> str:
    each = f"json_each({sql})" if dialect == "sqlite" else f"jsonb_array_elements_text({sql})"
    one = "value" if dialect == "sqlite" else "chosen.value"
    source = f"{each} AS chosen" if dialect == "sqlite" else f"{each} AS chosen(value)"
    filled = f"({sql} IS NOT NULL AND EXISTS (SELECT 1 FROM {source}))"
    if node.op == "is_empty":
        return f"(NOT {filled})" if node.value else filled
    found = []
    for key in node.value:
        params.append(key)
        found.append(f"EXISTS (SELECT 1 FROM {source} WHERE {one} = %s)")
    if not found:
        return "1 = 0" if node.op == "has_any" else "1 = 1"
    glue = " OR " if node.op == "has_any" else " AND "
    return f"({sql} IS NOT NULL AND ({glue.join(found)}))"


def _is_text(column: Column) -> bool:
    return column.spec.type in {"text", "longtext", "link", "email", "phone", "choice"}


def _lower(sql: str, dialect: str) -> str:
    """ASCII letters folded, on both databases alike: SQLite's lower() knows no others."""
    return f"lower({sql})" if dialect == "sqlite" else f'lower({sql} COLLATE "C")'


def _pattern(text: str, op: str) -> str:
    folded = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    escaped = folded.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"{escaped}%" if op == "starts_with" else f"%{escaped}%"


def _param(value: Any, column: Column, dialect: str) -> Any:
    if column.is_json and isinstance(value, datetime):
        return field_type("datetime").to_json(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return value if dialect == "postgresql" else value.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def matches(node: Node, row: Mapping[str, Any], schema: Schema) -> bool:
    """Whether a row (field name to typed value, None where empty) satisfies a validated tree."""
    if isinstance(node, And):
        return all(matches(child, row, schema) for child in node.children)
    if isinstance(node, Or):
        return any(matches(child, row, schema) for child in node.children)
    if isinstance(node, Not):
        return not matches(node.child, row, schema)
    return _holds(node, row.get(node.field), field_type(schema.column(node.field).spec.type).name)


def _holds(node: Condition, value: Any, kind: str) -> bool:
    empty = value is None or value == "" or value == ()
    if node.op == "is_empty":
        return empty is bool(node.value)
    if kind == "multichoice":
        if value is None or (node.op == "has_any" and not node.value):
            return node.op == "has_all" and not node.value
        chosen = set(value)
        return bool(chosen & set(node.value)) if node.op == "has_any" else chosen >= set(node.value)
    if value is None:
        return node.op == "ne"
    if node.op in {"contains", "starts_with"}:
        have, want = (_pattern_fold(str(value)), _pattern_fold(str(node.value)))
        return have.startswith(want) if node.op == "starts_with" else want in have
    if node.op == "between":
        return bool(node.value[0] <= value <= node.value[1])
    if node.op == "in":
        return value in node.value
    compared = {"eq": value == node.value, "ne": value != node.value}
    if node.op in compared:
        return bool(compared[node.op])
    return bool(
        {
            "lt": value < node.value,
            "lte": value <= node.value,
            "gt": value > node.value,
            "gte": value >= node.value,
        }[node.op]
    )


def _pattern_fold(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
