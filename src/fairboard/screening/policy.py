"""What a policy pack holds: policies, terms, indicators, rules and its own tests."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Generic, TypeVar

from fairboard.rules import Program
from fairboard.screening.model import Verdict

MOST_SEEN = 20_000
"""How many different answers are remembered."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its code, its name and what it says, in a reader's words."""

    code: str
    name: str
    explanation: str


def _counts(categories: tuple[str, ...], outside: tuple[str, ...], category: str) -> bool:
    if categories and not category.startswith(categories):
        return False
    return not (outside and category.startswith(outside))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words beside which a term may mean something harmless: a person then looks, nothing is refused at once."""

    words: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that is looked for, and what happens then."""

    text: str
    policy: str
    action: Verdict
    message: str
    categories: tuple[str, ...]
    source: str
    doubt: Doubt | None = None
    outside: tuple[str, ...] = ()

    def counts_in(self, category: str) -> bool:
        """Whether it counts in a category."""
        return _counts(self.categories, self.outside, category)


Whose = TypeVar("Whose")


@dataclass(frozen=True, slots=True)
class Answers(Generic[Whose]):
    """What conditions said: whose is true, whose broke and how."""

    holding: tuple[Whose, ...]
    failed: tuple[tuple[Whose, str], ...]


class Conditions(Generic[Whose]):
    """CEL conditions asked together; what they said of the features they look at is remembered.

    Most submissions share these features, so that one look-up answers for all conditions.
    """

    def __init__(self, entries: Iterable[tuple[Whose, Program]]) -> None:
        self._entries = tuple(entries)
        names: dict[str, list[str]] = {}
        for name in dict.fromkeys(name for _whose, program in self._entries for name in program.uses):
            group, _dot, rest = name.partition(".")
            names.setdefault(group, []).append(rest)
        self._getters = tuple((group, itemgetter(*rest)) for group, rest in names.items())
        self._seen: dict[tuple[Any, ...], Answers[Whose]] = {}

    def holding(self, features: Mapping[str, Any]) -> tuple[Whose, ...]:
        """Those whose condition is true of these features (as `Environment.filled` gives them), in order."""
        return self.answers(features).holding

    def answers(self, features: Mapping[str, Any]) -> "Answers[Whose]":
        """Those whose condition is true, and those whose condition broke, with how: one that breaks stops no other."""
        key = tuple([getter(features[group]) for group, getter in self._getters])
        try:
            known = self._seen.get(key)
        except TypeError:  # a list among them
            key = (repr(key),)
            known = self._seen.get(key)
        if known is None:
            known = self._ask(features)
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen[key] = known
        return known

    def _ask(self, features: Mapping[str, Any]) -> "Answers[Whose]":
        holding, failed = [], []
        for whose, program in self._entries:
            try:
                if program.evaluate(features, is_filled=True):
                    holding.append(whose)
            except Exception as error:
                failed.append((whose, str(error)[:200]))
        return Answers(tuple(holding), tuple(failed))


@dataclass(frozen=True, slots=True)
class Rule:
    """A CEL rule over the documented features."""

    id: str
    policy: str
    action: Verdict
    when: str
    message: str
    points_at: str
    owner: str
    source: str
    program: Program = field(compare=False)

    def holds(self, features: Mapping[str, Any]) -> bool:
        """Whether it is true of these features, a default for each that is missing; raises RuleError."""
        return bool(self.program.evaluate(features))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression, tried only where one of the words ``near`` stands; both over plain text."""

    near: tuple[str, ...]
    match: str
    compiled: re.Pattern[str] = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Indication:
    """What an indicator looks for: words, patterns, or a condition on features; and where it counts.

    ``categories`` are those it counts in (all when empty), ``outside`` those it does not count in, ``unless`` are
    words beside which it means something harmless.
    """

    id: str
    group: str
    weight: float
    message: str
    source: str
    words: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    when: str = ""
    points_at: str = ""
    categories: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    program: Program | None = field(default=None, compare=False)

    def counts_in(self, category: str) -> bool:
        """Whether it counts in a category."""
        return _counts(self.categories, self.outside, category)


@dataclass(frozen=True, slots=True)
class Trial:
    """A text of a pack's own tests with what is expected of it; ``line`` is where in the file it stands."""

    line: int
    fields: Mapping[str, str]
    category: str
    place: str
    country: str
    kind: str
    context: Mapping[str, Mapping[str, Any]]
    expect: str
    rules: tuple[str, ...]
    without: tuple[str, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a pack and where, both counted from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class PackError(ValueError):
    """A pack that cannot be used, with every fault that was found."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.name = name
        self.faults = tuple(faults)
        super().__init__(f"The pack {name} cannot be used: " + "; ".join(map(str, faults)))


@dataclass(frozen=True, eq=False)
class Pack:
    """A policy pack, ready to run."""

    id: str
    version: str
    policies: dict[str, Policy]
    terms: tuple[Term, ...]
    rules: tuple[Rule, ...]
    indications: tuple[Indication, ...] = ()
    trials: tuple[Trial, ...] = ()
