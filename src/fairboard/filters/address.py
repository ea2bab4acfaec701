"""A filter in an address: ``price.gte=100&price.lte=500&fuel=diesel&fuel=petrol``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fairboard.fields import field_type
from fairboard.filters.schema import Schema, validate
from fairboard.filters.tree import MOST_VALUES, And, Condition, FilterError, Node, Or


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What an address asked for: the tree of what was understood, the errors and text of the rest."""

    tree: Node | None
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def from_query(params: Mapping[str, Sequence[str]], schema: Schema) -> QueryResult:
    """Read a conjunction from an address; a value that cannot be used costs only its own condition."""
    children: list[Node] = []
    errors: dict[str, str] = {}
    typed: dict[str, list[str]] = {}
    ignored: list[str] = []
    for name, values in params.items():
        key, _dot, op = name.partition(".")
        wanted = [value for value in values if value.strip()][:MOST_VALUES]
        if key not in schema.columns:
            ignored.append(name)
            continue
        if not wanted:
            continue
        typed[name] = list(wanted)
        try:
            children.append(validate(_condition(key, op, wanted, schema), schema))
        except FilterError as error:
            errors[name] = error.message
    return QueryResult(And(tuple(children)) if children else None, errors, typed, tuple(ignored))


def _condition(key: str, op: str, values: list[str], schema: Schema) -> Condition:
    many = field_type(schema.columns[key].spec.type).name == "multichoice"
    if op == "is_empty":
        return Condition(key, op, values[0] not in {"no", "false", "0"})
    if op in {"between", "in", "has_any", "has_all"}:
        return Condition(key, op, tuple(values))
    if many:
        return Condition(key, "has_any", tuple(values))
    if not op and len(values) > 1:
        return Condition(key, "in", tuple(values))
    return Condition(key, op or "eq", values[0])


def to_query(node: Node, schema: Schema) -> list[tuple[str, str]]:
    """The pairs of an address for a conjunction; raises FilterError for a tree that is more than that."""
    if isinstance(node, And):
        return [pair for child in node.children for pair in to_query(child, schema)]
    if not isinstance(node, Condition) or isinstance(node, Or):
        raise FilterError("", "Only conditions joined by 'and' fit into an address.")
    kind = field_type(schema.column(node.field).spec.type)

    def text(value: object) -> str:
        kept = kind.to_json((value,) if kind.name == "multichoice" else value)
        if isinstance(kept, bool):
            return "yes" if kept else "no"
        return str(kept[0] if isinstance(kept, list) else kept)

    if node.op == "is_empty":
        return [(f"{node.field}.is_empty", "yes" if node.value else "no")]
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    plain = node.op == "eq" or (node.op == "in" and len(values) > 1)
    name = node.field if plain else f"{node.field}.{node.op}"
    return [(name, text(value)) for value in values]
