"""Conditions as rows, for people who do not write code, and the CEL they stand for; both ways, without loss.

A tree is JSON: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": node}`` or a row
``{"variable": "contact.phones", "operator": "gte", "value": 2}``.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairboard.rules.environment import Environment
from fairboard.rules.literals import literal
from fairboard.rules.row_reader import as_range, read

Node = dict[str, Any]
MOST_ROWS = 60
DEEPEST = 6
LONGEST_VALUE = 500
OPERATORS: dict[str, dict[str, str]] = {
    "number": {"eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "between": "between"},
    "string": {"is": "is", "is_not": "is not", "starts_with": "starts with", "ends_with": "ends with",
               "contains": "contains", "one_of": "is one of"},
    "bool": {"is": "is"},
    "list": {"has": "contains"},
}  # fmt: skip
"""What a kind of variable can be asked, with the words for it."""
KINDS = {"int": "number", "double": "number", "string": "string", "bool": "bool", "list": "list"}
_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "is": "==", "is_not": "!="}
_METHODS = {"starts_with": "startsWith", "ends_with": "endsWith", "contains": "contains"}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row: its path (``all[0].any[1]``), its field, and a sentence."""

    path: str
    field: str
    text: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.text % self.values if self.values else self.text


class RowError(ValueError):
    """Rows that cannot be made a condition; ``problems`` names each row and field."""

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        first = problems[0]
        super().__init__(f"{first.path or 'the first group'}, {first.field}: {first.message}")
        self.problems = problems


def operators(variable_type: str) -> dict[str, str]:
    """The operators of a variable's type with their words; none for a type that has no rows."""
    return OPERATORS.get(KINDS.get(variable_type, ""), {})


def check(node: Any, environment: Environment) -> tuple[RowProblem, ...]:
    """Everything wrong with a tree of rows."""
    problems = tuple(_problems(node, environment, "", 0))
    if not problems and sum(1 for _ in rows_of(node)) > MOST_ROWS:
        return (RowProblem("", "rows", "A rule can have %(n)d rows. Split it into several.", {"n": MOST_ROWS}),)
    return problems


def to_cel(node: Any, environment: Environment) -> str:
    """The CEL of a tree of rows; raises RowError naming the row and the field."""
    problems = check(node, environment)
    if problems:
        raise RowError(problems)
    return _outer(normal(node), environment)


def from_cel(source: str, environment: Environment) -> Node | None:
    """The rows a CEL condition stands for, None where rows cannot say it."""
    found = read(source, {name: one.type for name, one in environment.variables.items()})
    if found is None:
        return None
    found = normal(found)
    if not {"all", "any"} & found.keys():
        found = {"all": [found]}
    return None if check(found, environment) else found


def normal(node: Node) -> Node:
    """The one form of trees that say the same by the same rows: no group of one inside, ranges as *between*."""
    found = _normal(node)
    return found if {"all", "any"} & found.keys() else {"all": [found]}


def rows_of(node: Node) -> Iterator[Node]:
    """Every row of a tree, in order."""
    if "variable" in node:
        yield node
        return
    for child in node.get("all") or node.get("any") or [node["not"]]:
        yield from rows_of(child)


def _normal(node: Node, *, is_outer: bool = True) -> Node:
    if "variable" in node:
        return {name: node[name] for name in ("variable", "operator", "value")}
    if "not" in node:
        return {"not": _normal(node["not"], is_outer=False)}
    kind = "all" if "all" in node else "any"
    children = [_normal(child, is_outer=False) for child in node[kind]]
    if len(children) == 1 and (not is_outer or {"all", "any"} & children[0].keys()):
        return children[0]
    if len(children) == 1:
        return {"all": children}
    found = {kind: children}
    return found if is_outer else as_range(found) or found


def _outer(node: Node, environment: Environment) -> str:
    for kind, sign in (("all", " && "), ("any", " || ")):
        if kind in node:
            return sign.join(_inner(child, environment) for child in node[kind])
    return _inner(node, environment)


def _inner(node: Node, environment: Environment) -> str:
    if "all" in node or "any" in node:
        return f"({_outer(node, environment)})"
    if "not" in node:
        child = _outer(node["not"], environment)
        return f"!{child}" if child.startswith("(") and "variable" in node["not"] else f"!({child})"
    return _row(node, environment.variables[node["variable"]].type)


def _row(row: Node, kind: str) -> str:
    name, operator, value = row["variable"], row["operator"], row["value"]
    if kind == "bool":
        return name if value else f"!{name}"
    if operator == "between":
        return f"({name} >= {literal(value[0], kind)} && {name} <= {literal(value[1], kind)})"
    if operator in _METHODS:
        return f"{name}.{_METHODS[operator]}({literal(value, kind)})"
    if operator == "one_of":
        return f"{name} in [{', '.join(literal(one, kind) for one in value)}]"
    if operator == "has":
        return f"{literal(value, 'string')} in {name}"
    return f"{name} {_SIGNS[operator]} {literal(value, kind)}"


def _problems(node: Any, environment: Environment, path: str, depth: int) -> Iterator[RowProblem]:
    if not isinstance(node, Mapping) or len(node.keys() & {"all", "any", "not", "variable"}) != 1:
        yield RowProblem(path, "row", "This is neither a row nor a group of rows.")
    elif depth > DEEPEST:
        yield RowProblem(path, "row", "Groups can be %(n)d deep.", {"n": DEEPEST})
    elif "not" in node:
        yield from _problems(node["not"], environment, f"{path}.not".lstrip("."), depth + 1)
    elif "variable" in node:
        yield from _row_problems(node, environment, path)
    else:
        kind = "all" if "all" in node else "any"
        children = node[kind]
        if not isinstance(children, list) or not children:
            yield RowProblem(path, "rows", "Add a row to this group.")
            return
        for at, child in enumerate(children):
            yield from _problems(child, environment, f"{path}.{kind}[{at}]".lstrip("."), depth + 1)


def _row_problems(row: Mapping[str, Any], environment: Environment, path: str) -> Iterator[RowProblem]:
    variable = environment.variables.get(row["variable"]) if isinstance(row["variable"], str) else None
    if variable is None:
        yield RowProblem(path, "variable", "There is no variable %(name)s.", {"name": repr(row["variable"])})
        return
    known = operators(variable.type)
    operator = row.get("operator")
    if not isinstance(operator, str) or operator not in known:
        if known:
            yield RowProblem(path, "operator", "Choose one of: %(names)s.", {"names": ", ".join(known)})
        else:
            yield RowProblem(path, "operator", "%(name)s can be used in CEL only.", {"name": variable.name})
        return
    yield from _value_problems(path, operator, row.get("value"), variable.type)


def _value_problems(path: str, operator: str, value: Any, kind: str) -> Iterator[RowProblem]:
    if operator == "between":
        if not isinstance(value, list) or len(value) != 2:
            yield RowProblem(path, "value", "Give the lowest and the highest value.")
        elif not all(_fits(one, kind) for one in value):
            yield _needed(path, kind)
        elif value[0] > value[1]:
            yield RowProblem(path, "value", "The lowest value is above the highest.")
    elif operator == "one_of":
        if not isinstance(value, list) or not value:
            yield RowProblem(path, "value", "Give at least one value.")
        elif not all(_fits(one, kind) for one in value):
            yield _needed(path, kind)
    elif not _fits(value, kind):
        yield _needed(path, kind)


def _needed(path: str, kind: str) -> RowProblem:
    return {
        "int": RowProblem(path, "value", "Give a whole number."),
        "double": RowProblem(path, "value", "Give a number."),
        "bool": RowProblem(path, "value", "Choose yes or no."),
    }.get(kind, RowProblem(path, "value", "Give a text of 1 to %(n)d characters.", {"n": LONGEST_VALUE}))


def _fits(value: Any, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "int":
        return isinstance(value, int) and abs(value) < 2**63
    if kind == "double":
        return isinstance(value, int | float) and abs(value) < 2**63 and math.isfinite(value)
    return isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE and _is_sound(value)


def _is_sound(text: str) -> bool:
    """Whether the text holds no half of a surrogate pair."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
