"""Scores: the rules, what they give a record and why, how scores are spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import plain
from fairboard.crm.queries.records import RecordRow, record, records
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound, Problem
from fairboard.marketing import conditions
from fairboard.marketing.models import ScoreRule
from fairboard.rules import Program

TYPES = ("lead", "contact")
LEAST, MOST = 0, 1_000
SAMPLE = 500
STEPS = 10


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule: while the condition holds, a record gets the points; ``problem`` says why it no longer works."""

    id: str
    type_key: str
    name: str
    expression: str
    points: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule gave a record."""

    rule: RuleRow
    holds: bool


def rules(*, actor: Actor) -> list[RuleRow]:
    """Every rule in its order; raises Forbidden."""
    if not actor.can("marketing.use"):
        raise Forbidden
    return [one for key in TYPES for one in rules_of(key)]


def rule(*, rule_id: str, actor: Actor) -> RuleRow:
    """One rule; raises Forbidden, NotFound."""
    found = next((one for one in rules(actor=actor) if one.id == rule_id), None)
    if found is None:
        raise NotFound
    return found


def rules_of(type_key: str) -> list[RuleRow]:
    """The rules of a type, in their order."""
    rows = ScoreRule.objects.filter(type_key=type_key).order_by("position", "pk")
    return [RuleRow(one.public_id, one.type_key, one.name, one.expression, one.points, _problem(one)) for one in rows]


def _problem(one: ScoreRule) -> str:
    try:
        conditions.program(one.type_key, one.expression, one.type_key)
    except Problem as problem:
        return problem.detail
    return ""


def parts(type_key: str, rows: Sequence[Any], given: Sequence[RuleRow], at: datetime) -> dict[int, list[Part]]:
    """What each rule gives each of many records of a type, by row."""
    info = catalogue().type(type_key)
    programs: list[tuple[RuleRow, Program]] = [
        (one, conditions.program(type_key, one.expression, type_key)) for one in given if not one.problem
    ]
    used = {name for _one, program in programs for name in program.uses}
    did = conditions.did(info, [row.pk for row in rows], conditions.did_used([one for _rule, one in programs]))
    accounts = _accounts(rows) if any(name.startswith("account.") for name in used) else {}
    found = {}
    for row in rows:
        values = conditions.bindings(
            info, row.data, account=accounts.get(str(row.data.get("account", "")), {}), did=did[row.pk],
            root=type_key, days_known=max((at - row.created_at).days, 0),
        )  # fmt: skip
        found[row.pk] = [Part(rule, conditions.holds(program, values)) for rule, program in programs]
    return found


def _accounts(rows: Sequence[Any]) -> dict[str, Mapping[str, Any]]:
    return plain.values_by_id({str(row.data["account"]) for row in rows if row.data.get("account")})


def total(found: Sequence[Part]) -> int:
    """The score: the points of what holds, from 0 to 1,000."""
    return max(LEAST, min(MOST, sum(one.rule.points for one in found if one.holds)))


def why(*, record_id: str, actor: Actor, at: datetime) -> tuple[RecordRow, list[Part], int]:
    """A record, what each rule gives it now, and its score; raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    row = record(actor=actor, record_id=record_id)
    if row.type_key not in TYPES:
        return row, [], 0
    found = parts(row.type_key, plain.rows_by_pk([row.pk]), rules_of(row.type_key), at)[row.pk]
    return row, found, total(found)


def spread(*, type_key: str, extra: RuleRow | None, without: str = "", at: datetime) -> list[tuple[int, int, int]]:
    """How the scores of the newest records are spread: lowest and highest score of each step, and how many.

    ``extra`` is a rule that is tried out, ``without`` the id of one that is left out or that it would replace.
    """
    rows = plain.newest(type_key, SAMPLE)
    given = [one for one in rules_of(type_key) if one.id != without] + ([extra] if extra else [])
    scores = [total(found) for found in parts(type_key, rows, given, at).values()]
    top = max([*scores, 1])
    width = max(1, -(-(top + 1) // STEPS))
    counts = [0] * STEPS
    for score in scores:
        counts[min(score // width, STEPS - 1)] += 1
    return [(at_ * width, (at_ + 1) * width - 1, count) for at_, count in enumerate(counts)]


def highest(*, actor: Actor, size: int = 10) -> list[RecordRow]:
    """The leads with the highest scores that the actor may see."""
    found = records(actor=actor, type_key="lead", sort="-score", size=size).items
    return [one for one in found if one.values.get("score")]
