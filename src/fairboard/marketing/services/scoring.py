"""Rules for scores, written; and scores kept on leads: at each write, and once a day as days pass."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.queries import plain
from fairboard.crm.services.scores import keep_scores
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.marketing import conditions, events
from fairboard.marketing.models import ScoreRule
from fairboard.marketing.queries import scoring as queries

CHUNK, MOST_RULES = 500, 100
FIGURE = tasks.expect("marketing.scores")


def save_rule(
    *, type_key: str, name: str, expression: str, points: int, rule_id: str = "", actor: Actor, at: datetime
) -> str:  # fmt: skip
    """Make a rule or change one; scores follow in the background. Raises Forbidden, NotFound, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    if type_key not in queries.TYPES:
        raise Invalid(_("Choose leads or contacts."), field="type_key")
    if not name.strip():
        raise Invalid(_("Give it a name."), field="name")
    if not -queries.MOST <= points <= queries.MOST or points == 0:
        raise Invalid(_("From -1,000 to 1,000 points, and not 0."), field="points")
    conditions.program(type_key, expression, type_key, field="expression")
    with transaction.atomic():
        one = ScoreRule.objects.select_for_update().filter(public_id=rule_id).first() if rule_id else ScoreRule()
        if one is None:
            raise NotFound
        if not rule_id and ScoreRule.objects.count() >= MOST_RULES:
            raise Invalid(_("There are at most %(n)s rules.") % {"n": MOST_RULES}, field="name")
        one.type_key, one.name, one.expression, one.points = type_key, name.strip()[:120], expression.strip(), points
        one.position, one.updated_at = one.position or ScoreRule.objects.count() + 1, at
        one.save()
        record(kind=events.SCORE_SAVED, subject=Subject("score_rule", one.public_id), actor=actor, at=at)
        tasks.enqueue(FIGURE)
        return one.public_id


def remove_rule(*, rule_id: str, actor: Actor, at: datetime) -> None:
    """Take a rule away; scores follow in the background. Raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    with transaction.atomic():
        if not ScoreRule.objects.filter(public_id=rule_id).delete()[0]:
            raise NotFound
        record(kind=events.SCORE_SAVED, subject=Subject("score_rule", rule_id), actor=actor, at=at)
        tasks.enqueue(FIGURE)


def follow(batch: Batch) -> None:
    """Keep the score of what was just written. It is a figure: written past the listeners, so nothing goes round."""
    if batch.type.key not in queries.TYPES or "score" not in batch.type.fields:
        return
    given = queries.rules_of(batch.type.key)
    if given:
        _keep(batch.type.key, [one.record for one in batch.rows if one.record.deleted_at is None], given, batch.at)


def _keep(type_key: str, rows: Sequence[Any], given: Sequence[queries.RuleRow], at: datetime) -> int:
    found = queries.parts(type_key, rows, given, at)
    return keep_scores(rows=rows, scores={pk: queries.total(parts) for pk, parts in found.items()})


def figure_all(*, at: datetime) -> int:
    """Work out every score again, for what days alone change; returns how many changed."""
    count = 0
    for type_key in queries.TYPES:
        info = catalogue().type(type_key)
        given = queries.rules_of(type_key)
        if "score" not in info.fields:
            continue
        after = 0
        while True:
            with transaction.atomic():
                rows = plain.rows_after(type_key, after, CHUNK)
                if not rows:
                    break
                count += _keep(type_key, rows, given, at)
                after = rows[-1].pk
    with transaction.atomic():
        record(
            kind=events.SCORES_FIGURED, subject=Subject("score_rule", "all"), actor=Actor.system("scoring"), at=at,
            data={"changed": count},
        )  # fmt: skip
    return count
