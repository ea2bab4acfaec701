"""Reading policy packs and making them ready to run: one automaton of terms, rules compiled once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ahocorasick
import yaml

from fairboard.rules import Environment, Program, Variable
from fairboard.screening.model import SEVERITY, Verdict
from fairboard.screening.text import fold, joined

MOST_SEEN = 5_000
ENVIRONMENT = Environment(
    [
        Variable("ad.kind", "string", "What is judged: ad, message or profile."),
        Variable("ad.category", "string", "The slug of the category, such as vehicles/cars."),
        Variable("ad.place", "string", "The code of the place, such as us/texas/austin."),
        Variable("ad.country", "string", "The country, in two capital letters."),
        Variable("ad.photos", "int", "How many photos there are."),
        Variable("text.length", "int", "How many characters were written in all fields."),
        Variable("text.obfuscation", "double", "How disguised the letters are, 0 to 1."),
        Variable("text.ages", "int", "How many ages are claimed."),
        Variable("text.youngest", "int", "The youngest age claimed, 0 when none is."),
        Variable("contact.phones", "int", "How many telephone numbers were found."),
        Variable("contact.emails", "int", "How many mail addresses were found."),
        Variable("contact.urls", "int", "How many links were found."),
        Variable("contact.handles", "int", "How many names on other services were found."),
        Variable("contact.cryptos", "int", "How many crypto addresses were found."),
        Variable("contact.shorteners", "int", "How many links hide where they lead."),
        Variable("contact.disguise", "double", "How disguised the most disguised contact is, 0 to 1."),
        Variable("match.refused_similarity", "double", "How close the nearest refused text is, 0 to 1."),
        Variable("match.refused_photos", "int", "How many photos were part of something refused."),
        Variable("match.takedown", "int", "How many photos were taken down at the wish of somebody shown."),
        Variable("match.terms", "int", "How many terms of the packs were found."),
    ]
)
"""What rules may use; the rule author's reference is made from this."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its code, its name and what it says, in a reader's words."""

    code: str
    name: str
    explanation: str


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
    program: Program
    paths: tuple[tuple[str, str], ...]
    seen: dict[tuple[Any, ...], bool]

    def holds(self, features: Mapping[str, Any]) -> bool:
        """Whether the rule is true of these features; most submissions share the few it looks at."""
        try:
            key = tuple([features[group][name] for group, name in self.paths])
            known = self.seen.get(key)
        except (KeyError, TypeError):  # a feature nobody answered for, or one that is a list
            return bool(self.program.evaluate(features))
        if known is None:
            known = bool(self.program.evaluate(features, is_filled=True))
            if len(self.seen) >= MOST_SEEN:
                self.seen.clear()
            self.seen[key] = known
        return known


class PackError(ValueError):
    """A pack that cannot be used, with where in it."""


@dataclass(frozen=True)
class Pack:
    """A policy pack, ready to run."""

    id: str
    version: str
    policies: dict[str, Policy]
    terms: tuple[Term, ...]
    rules: tuple[Rule, ...]
    automaton: Any

    def terms_in(self, text: str, category: str) -> Iterator[tuple[Term, int, int]]:
        """Terms standing as whole words in plain text, with where."""
        for last, index in self.automaton.iter(text):
            term = self.terms[index]
            start, end = last - len(term.text) + 1, last + 1
            if start and text[start - 1].isalnum() and term.text[0].isascii():
                continue
            if end < len(text) and text[end].isalnum() and term.text[-1].isascii():
                continue
            if term.categories and not category.startswith(term.categories):
                continue
            yield term, start, end


def load(path: Path) -> Pack:
    """Read and check a pack; raises PackError naming what is wrong."""
    try:
        return _read(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (PackError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise PackError(f"The pack {path.name} cannot be used: {reason}") from error


def _read(given: Mapping[str, Any]) -> Pack:
    policies = {one["code"]: Policy(one["code"], one["name"], one["explanation"]) for one in given["policies"]}
    terms = tuple(term for entry in given["terms"] for term in _terms(entry, policies))
    automaton = ahocorasick.Automaton()
    for index, term in enumerate(terms):
        automaton.add_word(term.text, index)
    automaton.make_automaton()
    rules = tuple(_rule(entry, policies) for entry in given["rules"])
    return Pack(given["id"], str(given["version"]), policies, terms, rules, automaton)


def _terms(entry: dict[str, Any], policies: dict[str, Policy]) -> Iterator[Term]:
    if entry["policy"] not in policies:
        raise PackError(f"The policy {entry['policy']!r} is not declared in this pack.")
    doubt = entry.get("doubt")
    harmless = Doubt(tuple(map(_plain, doubt["words"])), doubt["message"]) if doubt else None
    for plain in map(_plain, entry["words"]):
        forms = {plain, plain.replace(" ", "")} if len(plain) >= 12 else {plain}
        for form in sorted(forms):
            yield Term(form, entry["policy"], _action(entry), entry["message"],
                       tuple(entry.get("categories", ())), entry["source"], harmless)  # fmt: skip


def _plain(word: object) -> str:
    """A word of a pack as it stands in plain text."""
    return " ".join(joined(fold(str(word))).text.split())


def _rule(entry: dict[str, Any], policies: dict[str, Policy]) -> Rule:
    problems = ENVIRONMENT.check(entry["when"])
    if problems or entry["policy"] not in policies:
        raise PackError(f"Rule {entry['id']}: {problems[0].message if problems else 'its policy is not declared'}")
    program = ENVIRONMENT.compile(entry["when"])
    paths = tuple((group, name) for group, _dot, name in (one.partition(".") for one in program.uses))
    return Rule(
        entry["id"], entry["policy"], _action(entry), entry["when"], entry["message"], entry.get("points_at", ""),
        entry["owner"], entry["source"], program, paths, {},
    )  # fmt: skip


def rule_from(entry: Mapping[str, Any]) -> Rule:
    """A rule of the default packs' policies, ready to run; raises PackError, KeyError."""
    return _rule(dict(entry), policies())


def _action(entry: dict[str, Any]) -> Verdict:
    try:
        return Verdict(entry["action"])
    except ValueError:
        raise PackError(f"The action {entry['action']!r} is none of {', '.join(SEVERITY)}.") from None


@lru_cache(maxsize=1)
def default_packs() -> Sequence[Pack]:
    """The packs that come with the product."""
    return tuple(load(path) for path in sorted((Path(__file__).parent / "packs").glob("*.yaml")))


def policies() -> dict[str, Policy]:
    """Every policy of the default packs by its code."""
    return {code: policy for pack in default_packs() for code, policy in pack.policies.items()}
