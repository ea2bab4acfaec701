"""The filter tree: conditions on fields, joined by and, or, not; its JSON form and its limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST_DEPTH = 8
MOST_CONDITIONS = 100
MOST_VALUES = 200
OPERATORS = (
    "eq", "ne", "lt", "lte", "gt", "gte", "in", "between", "contains", "starts_with", "is_empty", "has_any",
    "has_all",
)  # fmt: skip


class FilterError(ValueError):
    """A filter that cannot be used; ``path`` says where in it, such as ``and[1].value``."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison: field, operator, value (a tuple for operators that take several)."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class And:
    """All of these; with none it is true."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these; with none it is false."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    child: "Node"


Node = Condition | And | Or | Not
EVERYTHING = And(())


def parse(given: Any) -> Node:
    """Read a tree from its JSON form; raises FilterError naming the path of what is wrong."""
    left = [MOST_CONDITIONS]
    return _parse(given, "", 0, left)


def _parse(given: Any, path: str, depth: int, left: list[int]) -> Node:
    if depth > MOST_DEPTH:
        raise FilterError(path, f"Filters can be nested {MOST_DEPTH} deep.")
    if not isinstance(given, Mapping):
        raise FilterError(path, "A filter is an object with 'and', 'or', 'not', or 'field', 'op' and 'value'.")
    for name, kind in (("and", And), ("or", Or)):
        if name in given:
            children = given[name]
            if len(given) != 1 or not isinstance(children, list):
                raise FilterError(path, f"'{name}' stands alone and holds a list.")
            return kind(
                tuple(
                    _parse(one, f"{path}{'.' if path else ''}{name}[{at}]", depth + 1, left)
                    for at, one in enumerate(children)
                )
            )
    if "not" in given:
        if len(given) != 1:
            raise FilterError(path, "'not' stands alone.")
        return Not(_parse(given["not"], f"{path}{'.' if path else ''}not", depth + 1, left))
    return _condition(given, path, left)


def _condition(given: Mapping[str, Any], path: str, left: list[int]) -> Condition:
    left[0] -= 1
    if left[0] < 0:
        raise FilterError(path, f"A filter can hold {MOST_CONDITIONS} conditions.")
    unknown = set(given) - {"field", "op", "value"}
    if unknown:
        raise FilterError(path, f"Unknown properties: {', '.join(sorted(map(str, unknown)))}.")
    field, op, value = given.get("field"), given.get("op", "eq"), given.get("value")
    if not isinstance(field, str):
        raise FilterError(f"{path}.field".lstrip("."), "Name a field.")
    if op not in OPERATORS:
        raise FilterError(f"{path}.op".lstrip("."), f"Use one of {', '.join(OPERATORS)}.")
    if isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise FilterError(f"{path}.value".lstrip("."), f"A list can hold {MOST_VALUES} values.")
        value = tuple(value)
    elif isinstance(value, Mapping):
        raise FilterError(f"{path}.value".lstrip("."), "A value is a text, a number, true, false or a list.")
    return Condition(field, str(op), value)


def dump(node: Node) -> dict[str, Any]:
    """The JSON form of a tree; `parse` reads it back unchanged."""
    if isinstance(node, And):
        return {"and": [dump(child) for child in node.children]}
    if isinstance(node, Or):
        return {"or": [dump(child) for child in node.children]}
    if isinstance(node, Not):
        return {"not": dump(node.child)}
    value = list(node.value) if isinstance(node.value, tuple) else node.value
    return {"field": node.field, "op": node.op, "value": value}


def conditions(node: Node) -> Iterator[Condition]:
    """Every condition in a tree, from left to right."""
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, Not):
        yield from conditions(node.child)
    else:
        for child in node.children:
            yield from conditions(child)
