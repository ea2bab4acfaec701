"""Reading CEL as a tree of rows: only what rows can say is understood, the rest stays CEL."""

from collections.abc import Mapping
from typing import Any

from fairboard.rules import literals
from fairboard.rules.language import Token, tokens

_NUMBERS = {"==": "eq", "!=": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_TEXTS = {"==": "is", "!=": "is_not"}
_METHODS = {"startsWith": "starts_with", "endsWith": "ends_with", "contains": "contains"}
DEEPEST = 12


class _Cannot(Exception):
    """Rows cannot say this."""


def read(source: str, types: Mapping[str, str]) -> dict[str, Any] | None:
    """The tree of a source, None where rows cannot say it. ``types`` are those of the variables by name."""
    found = list(tokens(source))
    if not found or "//" in _between(source, found):  # a comment would be lost
        return None
    reader = _Reader(found, types)
    try:
        node = reader.any_of(0)
    except _Cannot:
        return None
    return node if reader.at == len(found) else None


def as_range(node: dict[str, Any]) -> dict[str, Any] | None:
    """Two rows that say at least and at most of one variable, as one row *between*; None of anything else."""
    children = node.get("all", ())
    if len(children) != 2 or not all("variable" in one for one in children):
        return None
    low, high = children
    if low["variable"] != high["variable"] or (low["operator"], high["operator"]) != ("gte", "lte"):
        return None
    if low["value"] > high["value"]:
        return None
    return {"variable": low["variable"], "operator": "between", "value": [low["value"], high["value"]]}


def _between(source: str, found: list[Token]) -> str:
    """All of a source that is no token."""
    rest, last = [], 0
    for token in found:
        rest.append(source[last : token.start])
        last = token.start + len(token.text)
    return "".join([*rest, source[last:]])


class _Reader:
    """A recursive descent over the tokens."""

    def __init__(self, found: list[Token], types: Mapping[str, str]) -> None:
        self.found = found
        self.types = types
        self.at = 0

    def any_of(self, depth: int) -> dict[str, Any]:
        return self._joined("||", "any", depth)

    def _joined(self, sign: str, kind: str, depth: int) -> dict[str, Any]:
        if depth > DEEPEST:
            raise _Cannot
        operand = self._all_of if kind == "any" else self._one
        children = [operand(depth)]
        while self._peek() == sign:
            self.at += 1
            children.append(operand(depth))
        return children[0] if len(children) == 1 else {kind: children}

    def _all_of(self, depth: int) -> dict[str, Any]:
        return self._joined("&&", "all", depth)

    def _one(self, depth: int) -> dict[str, Any]:
        text = self._peek()
        if text == "!":
            self.at += 1
            is_group = self._peek() == "("
            child = self._one(depth + 1)
            if not is_group and self.types.get(child.get("variable", "")) == "bool":
                return {**child, "value": not child["value"]}
            return {"not": child}
        if text == "(":
            self.at += 1
            child = self.any_of(depth + 1)
            self._take(")")
            return as_range(child) or child
        return self._row()

    def _row(self) -> dict[str, Any]:
        token = self._next()
        if token.kind == "string":
            return self._contained(token)
        if token.kind != "name":
            raise _Cannot
        if token.text in self.types:
            return self._compared(token.text)
        name, _dot, method = token.text.rpartition(".")
        if self.types.get(name) != "string" or method not in _METHODS:
            raise _Cannot
        self._take("(")
        value = self._text()
        self._take(")")
        return {"variable": name, "operator": _METHODS[method], "value": value}

    def _compared(self, name: str) -> dict[str, Any]:
        kind, sign = self.types[name], self._peek()
        if kind == "bool":
            return {"variable": name, "operator": "is", "value": self._yes_no(sign)}
        if kind == "string" and sign == "in":
            self.at += 1
            return {"variable": name, "operator": "one_of", "value": self._texts()}
        known = _NUMBERS if kind in {"int", "double"} else _TEXTS if kind == "string" else {}
        if sign not in known:
            raise _Cannot
        self.at += 1
        value = self._text() if kind == "string" else self._number(kind)
        return {"variable": name, "operator": known[sign], "value": value}

    def _yes_no(self, sign: str) -> bool:
        if sign not in {"==", "!="}:
            return True
        self.at += 1
        word = self._next().text
        if word not in {"true", "false"}:
            raise _Cannot
        return (word == "true") == (sign == "==")

    def _contained(self, token: Token) -> dict[str, Any]:
        value = literals.unquoted(token.text)
        self._take("in")
        name = self._next().text
        if value is None or self.types.get(name) != "list":
            raise _Cannot
        return {"variable": name, "operator": "has", "value": value}

    def _texts(self) -> list[str]:
        self._take("[")
        values = [self._text()]
        while self._peek() == ",":
            self.at += 1
            values.append(self._text())
        self._take("]")
        return values

    def _text(self) -> str:
        token = self._next()
        value = literals.unquoted(token.text) if token.kind == "string" else None
        if value is None:
            raise _Cannot
        return value

    def _number(self, kind: str) -> int | float:
        sign = ""
        if self._peek() == "-":
            self.at += 1
            sign = "-"
        token = self._next()
        value = literals.number(sign + token.text, kind) if token.kind == "number" else None
        if value is None:
            raise _Cannot
        return value

    def _peek(self) -> str:
        return self.found[self.at].text if self.at < len(self.found) else ""

    def _next(self) -> Token:
        if self.at >= len(self.found):
            raise _Cannot
        self.at += 1
        return self.found[self.at - 1]

    def _take(self, text: str) -> None:
        if self._next().text != text:
            raise _Cannot
