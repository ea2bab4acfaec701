"""Typed, documented variables, and expressions over them: checked, compiled, evaluated, explained."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fairboard.rules.cel_engine import Compiled, compile_expression
from fairboard.rules.language import leaves, names, parts, place, tokens

LONGEST = 4_000
MOST_TOKENS = 600
SAMPLES: dict[str, Any] = {
    "bool": False, "int": 1, "double": 1.5, "string": "a", "list": ["a"], "map": {"a": 1}, "timestamp": "",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "bool": False, "int": 0, "double": 0.0, "string": "", "list": [], "map": {}, "timestamp": "",
}  # fmt: skip


class RuleError(ValueError):
    """An expression that cannot be compiled or evaluated."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a rule: a dotted name, a CEL type and a sentence about it."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an expression and where, both counted from 1; ``text`` is filled with ``values``."""

    text: str
    line: int
    column: int
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.text % self.values if self.values else self.text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an expression came out as it did."""

    result: Any
    uses: tuple[tuple[str, Any], ...]
    parts: tuple[tuple[str, Any], ...]


class Environment:
    """The variables expressions may use."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self.variables = {one.name: one for one in variables}
        for one in self.variables.values():
            if one.type not in SAMPLES:
                raise RuleError(f"{one.name}: there is no type {one.type!r}.")
        self._samples = nested({name: SAMPLES[one.type] for name, one in self.variables.items()})
        self._empty = nested({name: DEFAULTS[one.type] for name, one in self.variables.items()})
        self._defaults = {name: DEFAULTS[one.type] for name, one in self.variables.items()}

    def check(self, source: str, expect: str = "bool") -> tuple[Problem, ...]:
        """Everything wrong with an expression: length, syntax, unknown names, types that do not fit."""
        if len(source) > LONGEST:
            return (Problem("A rule can be %(n)d characters long.", 1, 1, {"n": LONGEST}),)
        if not source.strip():
            return (Problem("Write a condition.", 1, 1),)
        if sum(1 for _ in tokens(source)) > MOST_TOKENS:
            return (Problem("This rule is too complicated. Split it into several.", 1, 1),)
        try:
            compiled = compile_expression(source)
        except Exception as error:
            return (_syntax_problem(str(error)),)
        unknown = tuple(self._unknown(source))
        return unknown or tuple(self._type_problems(source, compiled, expect))

    def compile(self, source: str, expect: str = "bool") -> "Program":
        """The expression ready to run; raises RuleError with its first problem."""
        problems = self.check(source, expect)
        if problems:
            first = problems[0]
            raise RuleError(f"line {first.line}, column {first.column}: {first.message}")
        return Program(source, self, compile_expression(source))

    def reference(self) -> list[dict[str, str]]:
        """Every variable with its type and sentence, for the rule author's page."""
        return [{"name": one.name, "type": one.type, "doc": one.doc} for one in self.variables.values()]

    def filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The given values (nested) with a typed default for each variable that is missing."""
        flat = dict(self._defaults)
        for name in flat:
            found = lookup(values, name)
            if found is not None:
                flat[name] = found
        return nested(flat)

    def _unknown(self, source: str) -> Iterable[Problem]:
        for token in names(source):
            if token.text in self.variables:
                continue
            owner = any(name.startswith(f"{token.text}.") for name in self.variables)
            inside_map = any(
                one.type == "map" and token.text.startswith(f"{one.name}.") for one in self.variables.values()
            )
            if owner or inside_map:
                continue
            near = difflib.get_close_matches(token.text, self.variables, 1)
            if near:
                said = {"name": token.text, "near": near[0]}
                yield Problem("There is no variable %(name)s. Did you mean %(near)s?", token.line, token.column, said)
            else:
                yield Problem("There is no variable %(name)s.", token.line, token.column, {"name": token.text})

    def _type_problems(self, source: str, compiled: Compiled, expect: str) -> Iterable[Problem]:
        conditions = leaves(source) if expect == "bool" else []
        for text, at in conditions:
            line, column = place(source, at)
            if found := self._compared(text):
                values, inside = found
                yield Problem(
                    "%(name)s is %(kind)s and is compared with %(other)s.", *place(source, at + inside), values
                )
                return
            try:
                result = _compiled_part(text)(self._samples)
            except Exception as error:
                yield Problem(_plain(str(error)), line, column)
                return
            if len(conditions) > 1 and not isinstance(result, bool):
                yield _gives(result, "bool", line, column)
                return
        try:
            result = compiled(self._samples)
        except Exception as error:
            yield Problem(_plain(str(error)), 1, 1)
            return
        if not _is(result, expect):
            yield _gives(result, expect, 1, 1)
            return
        try:
            compiled(self._empty)
        except Exception as error:
            yield Problem("This fails where nothing is known: %(why)s", 1, 1, {"why": _plain(str(error))})

    def _compared(self, text: str) -> tuple[dict[str, str], int] | None:
        """A variable compared with a literal of another type, which CEL itself answers with a silent false."""
        found = list(tokens(text))
        if len(found) != 3 or found[1].text not in {"==", "!="} or found[0].text not in self.variables:
            return None
        kind = self.variables[found[0].text].type
        literal = "bool" if found[2].text in {"true", "false"} else found[2].kind
        fits = {"bool": "bool", "int": "number", "double": "number", "string": "string"}.get(kind)
        if fits is None or literal == fits or literal not in {"bool", "number", "string"}:
            return None
        return {"name": found[0].text, "kind": _a(kind), "other": _a(literal)}, found[2].start


class Program:
    """A compiled expression."""

    def __init__(self, source: str, environment: Environment, compiled: Compiled) -> None:
        self.source = source
        self.environment = environment
        self._compiled = compiled
        self.uses = tuple(dict.fromkeys(token.text for token in names(source)))

    def evaluate(self, values: Mapping[str, Any], *, is_filled: bool = False) -> Any:
        """The result for these values (nested by the dots of the names); raises RuleError.

        ``is_filled`` says that the values already come from `Environment.filled`: many rules over one
        submission then share the work.
        """
        try:
            return self._compiled(values if is_filled else self.environment.filled(values))
        except Exception as error:
            raise RuleError(_plain(str(error))) from error

    def explain(self, values: Mapping[str, Any]) -> Explanation:
        """The result, each variable used with its value, and each top-level part with its result."""
        filled = self.environment.filled(values)
        seen = []
        for part in parts(self.source):
            try:
                seen.append((part, _compiled_part(part)(filled)))
            except Exception as error:
                seen.append((part, _plain(str(error))))
        return Explanation(
            self.evaluate(filled, is_filled=True),
            tuple((name, lookup(filled, name)) for name in self.uses),
            tuple(seen),
        )


@lru_cache(maxsize=2_000)
def _compiled_part(source: str) -> Compiled:
    return compile_expression(source)


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        inner = tree
        for step in path:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return tree


def lookup(values: Mapping[str, Any], name: str) -> Any:
    """The value at a dotted name, None where there is none."""
    if name in values:
        return values[name]
    found: Any = values
    for step in name.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def _syntax_problem(message: str) -> Problem:
    place = re.search(r"<input>:(\d+):(\d+)", message)
    said = re.search(r"(Syntax error: [^\n]*?)(?: expecting|\n|$)", message)
    text = said[1] if said else "This is not a complete expression."
    return Problem(text.rstrip() + ".", int(place[1]) if place else 1, int(place[2]) if place else 1)


def _gives(result: Any, expect: str, line: int, column: int) -> Problem:
    said = {"kind": _kind(result), "expect": expect}
    return Problem("This gives %(kind)s; a %(expect)s is needed here.", line, column, said)


def _plain(message: str) -> str:
    return message.split("\n")[0][:300]


def _is(value: Any, expect: str) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "bool": (bool,), "int": (int,), "double": (float, int), "string": (str,), "list": (list,), "map": (dict,),
    }  # fmt: skip
    return expect == "any" or (isinstance(value, kinds[expect]) and (expect == "bool" or not isinstance(value, bool)))


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "int" else f"a {kind}"


def _kind(value: Any) -> str:
    return {bool: "a bool", int: "an int", float: "a double", str: "a string", list: "a list"}.get(type(value), "a map")
