"""A pack's own tests, and what sets one version of a pack apart from another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairboard.screening.model import Document
from fairboard.screening.pack import Indication, Pack, Rule, default_packs
from fairboard.screening.pipeline import screen
from fairboard.screening.policy import Trial


@dataclass(frozen=True, slots=True)
class Failure:
    """A test of a pack that came out otherwise than expected; ``line`` is where it stands in the file."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Change:
    """What was added to, removed from or changed in a pack: a part and its name."""

    what: str
    part: str
    name: str

    def __str__(self) -> str:
        return f"{self.what} {self.part} {self.name}"


def beside_the_others(pack: Pack) -> tuple[Pack, ...]:
    """The packaged packs with this one in the place of its namesake, or after them."""
    packs = tuple(pack if one.id == pack.id else one for one in default_packs())
    return packs if pack in packs else (*packs, pack)


def failures(pack: Pack) -> Iterator[Failure]:
    """The tests of a pack that fail, run together with the packaged packs."""
    packs = beside_the_others(pack)
    for trial in pack.trials:
        wrong = list(_wrong(trial, packs))
        if wrong:
            yield Failure(trial.line, " ".join(wrong))


def _wrong(trial: Trial, packs: Sequence[Pack]) -> Iterator[str]:
    document = Document(
        "test", trial.fields, trial.category, trial.place, trial.country, (), trial.kind, trial.context
    )  # fmt: skip
    result = screen(document, packs)
    rules = sorted({one.rule for one in result.reasons})
    signs = sorted({one.id for one in result.indicators})
    if trial.expect and result.verdict != trial.expect:
        yield f"expected {trial.expect}, the verdict is {result.verdict} ({', '.join(rules) or 'no rule'})."
    for one in trial.rules:
        if one not in rules:
            yield f"rule {one} did not fire."
    for one in trial.without:
        if one in rules or one in signs:
            yield f"{one} fired."
    for one in trial.indicators:
        if one not in signs:
            yield f"indicator {one} was not found."


def changes(old: Pack, new: Pack) -> list[Change]:
    """What the new version adds, removes and changes, part by part."""
    found: list[Change] = []
    for part, one, other in (
        ("policy", old.policies, new.policies),
        ("rule", _rules(old), _rules(new)),
        ("indicator", _indications(old), _indications(new)),
        ("term", _terms(old), _terms(new)),
    ):
        found += [Change("removed", part, name) for name in one if name not in other]
        found += [Change("added", part, name) for name in other if name not in one]
        found += [Change("changed", part, name) for name in other if name in one and one[name] != other[name]]
    return found


def _rules(pack: Pack) -> dict[str, object]:
    return {one.id: _said_of_rule(one) for one in pack.rules}


def _said_of_rule(rule: Rule) -> tuple[object, ...]:
    return (rule.policy, rule.action, rule.when, rule.message, rule.points_at, rule.owner, rule.source)


def _indications(pack: Pack) -> dict[str, object]:
    return {one.id: _said_of_indication(one) for one in pack.indications}


def _said_of_indication(one: Indication) -> tuple[object, ...]:
    patterns = tuple((pattern.near, pattern.match) for pattern in one.patterns)
    return (one.group, one.weight, one.message, one.source, one.words, patterns, one.when, one.points_at,
            one.categories, one.outside, one.unless)  # fmt: skip


def _terms(pack: Pack) -> dict[str, object]:
    return {
        f"{one.policy}: {one.text}": (one.action, one.message, one.categories, one.outside, one.source, one.doubt)
        for one in pack.terms
    }
