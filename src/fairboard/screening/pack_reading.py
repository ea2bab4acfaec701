"""Reading a pack from YAML: every fault is named with its line and column."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import yaml

from fairboard.rules import Problem, Program
from fairboard.screening.environment import ENVIRONMENT, outside
from fairboard.screening.features.indicators import GROUPS
from fairboard.screening.model import SEVERITY, Verdict
from fairboard.screening.policy import (
    Doubt,
    Fault,
    Indication,
    Pack,
    PackError,
    Pattern,
    Policy,
    Rule,
    Term,
    Trial,
)  # fmt: skip
from fairboard.screening.text import fold, joined

POINTS_AT = ("", "contacts", "shorteners", "cryptos", "ages", "indicators", "exploitation", "fraud")
_KEYS = {
    "policies": {"code", "name", "explanation"},
    "terms": {"policy", "action", "message", "source", "words", "categories", "outside", "doubt"},
    "indicators": {"id", "group", "weight", "message", "source", "words", "patterns", "when", "points_at", "categories",
                   "outside", "unless"},
    "rules": {"id", "policy", "action", "when", "message", "points_at", "owner", "source"},
    "tests": {"text", "title", "category", "place", "country", "kind", "context", "expect", "rules", "without",
              "indicators"},
    "": {"id", "version", "languages", "policies", "terms", "indicators", "rules", "tests"},
}  # fmt: skip
_START = yaml.Mark("", 0, 0, 0, None, 0)
Path = tuple[str | int, ...]
Made = TypeVar("Made")
_GAPS = dict.fromkeys(map(ord, "-_./,"), " ")
MOST_PATTERN = 400
_NESTED_REPEATS = re.compile(r"\([^()]*[*+}][^()]*\)[*+]")


class _Wrong(Exception):
    """A fault at a path of the file."""

    def __init__(self, path: Path, message: str, at: Problem | None = None) -> None:
        super().__init__(message)
        self.path, self.message, self.at = path, message, at


class _Source:
    """A YAML text with where each of its values stands."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        self.value = yaml.safe_load(text)

    def fault(self, wrong: _Wrong) -> Fault:
        """The fault with the place of its path, or of the nearest value around it."""
        node, key = self._node(wrong.path)
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        if wrong.at is not None and isinstance(node, yaml.ScalarNode):
            if node.style in {"|", ">"}:
                line += wrong.at.line
                written = self._lines[line - 1] if line <= len(self._lines) else ""
                column = len(written) - len(written.lstrip()) + wrong.at.column
            else:
                line += wrong.at.line - 1
                column = (column if wrong.at.line == 1 else 1) + wrong.at.column - 1 + (node.style in {"'", '"'})
        elif key is not None:
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
        return Fault(line, column, wrong.message)

    def _node(self, path: Path) -> tuple[yaml.Node, yaml.Node | None]:
        node: yaml.Node = self._root or yaml.ScalarNode("", "", _START, _START)
        key: yaml.Node | None = None
        for step in path:
            found = None
            if isinstance(node, yaml.MappingNode):
                found = next(((one, two) for one, two in node.value if one.value == step), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = (None, node.value[step])
            if found is None:
                return node, None
            key, node = found
        return node, key


Taken = Mapping[tuple[str, str], Collection[str]]
_NAMED = (("policies", "code"), ("rules", "id"), ("indicators", "id"))
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_RULE_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def taken_by(packs: Iterable[Pack]) -> Taken:
    """What packs are called and call their own, by part and key, so that another pack does not have it again."""
    every = tuple(packs)
    return {
        ("", "id"): {"desk", *(pack.id for pack in every)},
        ("policies", "code"): {code for pack in every for code in pack.policies},
        ("rules", "id"): {rule.id for pack in every for rule in pack.rules},
        ("indicators", "id"): {one.id for pack in every for one in pack.indications},
    }


def read_pack(name: str, text: str, known: Mapping[str, Policy], taken: Taken | None = None) -> Pack:
    """A pack from the text of its file; raises PackError with every fault.

    ``taken`` is what it may not call anything of its own (see `taken_by`).
    """
    try:
        source = _Source(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise PackError(name, [Fault(line, column, f"This is not YAML: {said}.")]) from error
    except (ValueError, RecursionError) as error:
        raise PackError(name, [Fault(1, 1, f"This is not YAML: {error}.")]) from error
    return _Reader(name, source, known, taken or {}).pack()


class _Reader:
    """One pack as it is read; goes on after a fault, so that all are named at once."""

    def __init__(self, name: str, source: _Source, known: Mapping[str, Policy], taken: Taken) -> None:
        self._name, self._source = name, source
        self._faults: list[_Wrong] = []
        self._policies: dict[str, Policy] = {}
        self._known, self._taken = known, taken

    def pack(self) -> Pack:
        """The pack, or PackError."""
        given = self._source.value
        if not isinstance(given, dict):
            raise PackError(self._name, [Fault(1, 1, "A pack is a mapping with id, version, terms and rules.")])
        for one in sorted({"id", "version", *(() if self._known else ("policies", "terms")), "rules"} - given.keys()):
            self._faults.append(_Wrong((), f"'{one}' is missing"))
        self._faults += [_Wrong((one,), f"There is no part {one!r}.") for one in given if one not in _KEYS[""]]
        self._policies = {one.code: one for one in self._each("policies", _policy)}
        terms = tuple(term for found in self._each("terms", self._terms) for term in found)
        indications = tuple(self._each("indicators", _indication))
        rules = tuple(self._each("rules", self._rule))
        trials = tuple(self._each("tests", self._trial))
        self._same_twice("rules", [one.id for one in rules])
        self._same_twice("indicators", [one.id for one in indications])
        self._not_again(given)
        if self._faults:
            faults = sorted((self._source.fault(one) for one in self._faults), key=lambda one: (one.line, one.column))
            raise PackError(self._name, faults)
        return Pack(str(given["id"]), str(given["version"]), self._policies, terms, rules, indications, trials)

    def _each(self, part: str, make: Callable[[dict[str, Any], Path], Made]) -> Iterator[Made]:
        entries = self._source.value.get(part) or []
        if not isinstance(entries, list):
            self._faults.append(_Wrong((part,), f"{part} is a list."))
            return
        for at, entry in enumerate(entries):
            path: Path = (part, at)
            if not isinstance(entry, dict):
                self._faults.append(_Wrong(path, f"An entry of {part} is a mapping."))
                continue
            self._faults += [
                _Wrong((*path, one), f"There is no {one!r} here.") for one in entry if one not in _KEYS[part]
            ]
            try:
                yield make(entry, path)
            except _Wrong as wrong:
                self._faults.append(wrong)

    def _same_twice(self, part: str, ids: list[str]) -> None:
        for at, one in enumerate(ids):
            if one in ids[:at]:
                self._faults.append(_Wrong((part, at, "id"), f"There are two of {one}."))

    def _not_again(self, given: dict[str, Any]) -> None:
        if str(given.get("id")) in self._taken.get(("", "id"), ()):
            self._faults.append(_Wrong(("id",), f"There is a pack {given['id']} already."))
        for part, key in _NAMED:
            entries, taken = given.get(part), self._taken.get((part, key), ())
            for at, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, dict) and str(entry.get(key)) in taken:
                    self._faults.append(_Wrong((part, at, key), f"Another pack has {entry[key]} already."))

    def _policy_of(self, entry: dict[str, Any], path: Path) -> str:
        code = _text(entry, path, "policy")
        if code not in self._policies and code not in self._known:
            raise _Wrong((*path, "policy"), f"The policy {code!r} is not declared in this pack.")
        return code

    def _terms(self, entry: dict[str, Any], path: Path) -> tuple[Term, ...]:
        doubt = entry.get("doubt")
        harmless = None
        if doubt is not None:
            if not isinstance(doubt, dict):
                raise _Wrong((*path, "doubt"), "A doubt is a mapping with words and message.")
            harmless = Doubt(_words(doubt, (*path, "doubt"), "words"), _text(doubt, (*path, "doubt"), "message"))
        policy, action = self._policy_of(entry, path), _action(entry, path)
        message, source = _text(entry, path, "message"), _text(entry, path, "source")
        categories, elsewhere = _list(entry, path, "categories"), _list(entry, path, "outside")
        made = []
        for plain in _words(entry, path, "words"):
            for form in sorted({plain, plain.replace(" ", "")} if len(plain) >= 12 else {plain}):
                made.append(Term(form, policy, action, message, categories, source, harmless, elsewhere))
        return tuple(made)

    def _rule(self, entry: dict[str, Any], path: Path) -> Rule:
        condition = _condition(entry, path, f"Rule {entry.get('id', '')}: ")
        name = _text(entry, path, "id")
        if not _RULE_ID.fullmatch(name):
            raise _Wrong((*path, "id"), "The id of a rule is at most 80 letters, digits, hyphens and underscores.")
        return Rule(
            name, self._policy_of(entry, path), _action(entry, path), entry["when"],
            _text(entry, path, "message"), _points_at(entry, path), _text(entry, path, "owner"),
            _text(entry, path, "source"), condition,
        )  # fmt: skip

    def _trial(self, entry: dict[str, Any], path: Path) -> Trial:
        expect = str(entry.get("expect", ""))
        if expect and expect not in SEVERITY:
            raise _Wrong((*path, "expect"), f"The verdict {expect!r} is none of {', '.join(SEVERITY)}.")
        context = entry.get("context") or {}
        try:
            outside(context)
        except (ValueError, AttributeError) as error:
            raise _Wrong((*path, "context"), str(error)) from error
        fields = {"title": str(entry.get("title", "")), "body": _text(entry, path, "text")}
        return Trial(
            self._source.fault(_Wrong(path, "")).line, fields, str(entry.get("category", "")),
            str(entry.get("place", "")), str(entry.get("country", "US")), str(entry.get("kind", "ad")), context, expect,
            _list(entry, path, "rules"), _list(entry, path, "without"), _list(entry, path, "indicators"),
        )  # fmt: skip


def _policy(entry: dict[str, Any], path: Path) -> Policy:
    code = _text(entry, path, "code")
    if not _CODE.fullmatch(code):
        raise _Wrong((*path, "code"), "A code is at most 40 small letters, digits and hyphens.")
    return Policy(code, _text(entry, path, "name"), _text(entry, path, "explanation"))


def _indication(entry: dict[str, Any], path: Path) -> Indication:
    group, weight = _text(entry, path, "group"), entry.get("weight")
    if group not in GROUPS:
        raise _Wrong((*path, "group"), f"The group {group!r} is none of {', '.join(GROUPS)}.")
    if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 < weight < 1:
        raise _Wrong((*path, "weight"), "A weight is a number between 0 and 1.")
    ways = [key for key in ("words", "patterns", "when") if entry.get(key)]
    if not ways or ("when" in ways and len(ways) > 1):
        raise _Wrong(path, "An indicator looks for words and patterns, or has a condition in `when`.")
    condition = _condition(entry, path, "", of_indicator=True) if "when" in ways else None
    return Indication(
        _text(entry, path, "id"), group, float(weight), _text(entry, path, "message"), _text(entry, path, "source"),
        _words(entry, path, "words", needed=False), tuple(_patterns(entry, path)), str(entry.get("when", "")),
        _points_at(entry, path), _list(entry, path, "categories"), _list(entry, path, "outside"),
        _words(entry, path, "unless", needed=False), condition,
    )  # fmt: skip


def _patterns(entry: dict[str, Any], path: Path) -> Iterator[Pattern]:
    for at, one in enumerate(entry.get("patterns") or []):
        here: Path = (*path, "patterns", at)
        if not isinstance(one, dict):
            raise _Wrong(here, "A pattern is a mapping with near and match.")
        match = _text(one, here, "match")
        if len(match) > MOST_PATTERN or _NESTED_REPEATS.search(match):
            raise _Wrong((*here, "match"), "This pattern is too long, or repeats a repetition.")
        try:
            compiled = re.compile(match)
        except re.error as error:
            raise _Wrong((*here, "match"), f"This is no regular expression: {error}.") from error
        yield Pattern(_words(one, here, "near"), match, compiled)


def _condition(entry: dict[str, Any], path: Path, whose: str, *, of_indicator: bool = False) -> Program:
    when, here = _text(entry, path, "when"), (*path, "when")
    problems = ENVIRONMENT.check(when)
    if problems:
        raise _Wrong(here, f"{whose}{problems[0].message}", problems[0])
    program = ENVIRONMENT.compile(when)
    if of_indicator and any(name.startswith("indicator.") for name in program.uses):
        raise _Wrong(here, "An indicator cannot look at indicators.")
    return program


def _text(entry: Mapping[str, Any], path: Path, key: str) -> str:
    value = entry.get(key)
    if value is None or value == "":
        raise _Wrong(path, f"'{key}' is missing")
    if isinstance(value, list | dict):
        raise _Wrong((*path, key), f"{key} is a text.")
    return str(value)


def _list(entry: Mapping[str, Any], path: Path, key: str) -> tuple[str, ...]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise _Wrong((*path, key), f"{key} is a list.")
    return tuple(map(str, value))


def _words(entry: Mapping[str, Any], path: Path, key: str, *, needed: bool = True) -> tuple[str, ...]:
    words = _list(entry, path, key)
    if needed and not words:
        raise _Wrong(path, f"'{key}' is missing")
    plain = tuple(dict.fromkeys(map(_plain, words)))
    if "" in plain:
        raise _Wrong((*path, key), "A word is empty, or nothing of it is left in plain text.")
    return plain


def _plain(word: str) -> str:
    """A word of a pack as it stands in plain text."""
    return " ".join(joined(fold(word)).text.translate(_GAPS).split())


def _points_at(entry: Mapping[str, Any], path: Path) -> str:
    where = str(entry.get("points_at", ""))
    if where not in POINTS_AT:
        raise _Wrong((*path, "points_at"), f"points_at is one of {', '.join(POINTS_AT[1:])}.")
    return where


def _action(entry: Mapping[str, Any], path: Path) -> Verdict:
    try:
        return Verdict(_text(entry, path, "action"))
    except ValueError:
        raise _Wrong((*path, "action"), f"The action {entry['action']!r} is none of {', '.join(SEVERITY)}.") from None
