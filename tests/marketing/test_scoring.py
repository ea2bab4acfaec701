"""Scores follow the rules: at each write, and as days pass."""

from datetime import datetime, timedelta

import pytest

from fairboard.crm.models import Record, TimelineEntry
from fairboard.crm.services.records import update_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.marketing.queries.scoring import spread, why
from fairboard.marketing.services.scoring import figure_all, remove_rule, save_rule
from tests.crm import made

pytestmark = pytest.mark.django_db


def rule(actor: Actor, at: datetime, expression: str, points: int) -> str:
    return save_rule(type_key="lead", name="R", expression=expression, points=points, actor=actor, at=at)


def score(pk: int) -> int:
    return int(Record.objects.get(pk=pk).data.get("score", 0))


def test_a_score_is_kept_as_a_lead_is_written(sales: Actor, now: datetime) -> None:
    rule(sales, now, 'lead.company != ""', 20)
    rule(sales, now, 'lead.rating == "hot"', 30)
    rule(sales, now, 'lead.email.endsWith("@free.example")', -40)
    lead = made(sales, now, "lead", last_name="Lee", company="X")
    assert score(lead.pk) == 20
    update_record(actor=sales, record_id=lead.id, values={"rating": "hot"}, at=now)
    assert score(lead.pk) == 50
    update_record(actor=sales, record_id=lead.id, values={"email": "a@free.example"}, at=now)
    assert score(lead.pk) == 10
    _row, parts, total = why(record_id=lead.id, actor=sales, at=now)
    assert ([(one.rule.points, one.holds) for one in parts], total) == ([(20, True), (30, True), (-40, True)], 10)


def test_what_happened_long_ago_counts_no_more(sales: Actor) -> None:
    now = clock.now()
    lead = made(sales, now, "lead", last_name="Lee")
    rule(sales, now, "did.mails_30 > 0.0", 25)
    entry = TimelineEntry.objects.create(
        record_id=lead.pk, event_id=10**9, kind="crm.record.created:mail", at=now - timedelta(days=2), text="x",
        source_id="x",
    )  # fmt: skip
    figure_all(at=now)
    assert score(lead.pk) == 25
    TimelineEntry.objects.filter(pk=entry.pk).update(at=now - timedelta(days=31))
    figure_all(at=now)
    assert score(lead.pk) == 0


def test_a_rule_is_tried_before_it_is_kept_and_taken_away(sales: Actor, now: datetime) -> None:
    for number in range(3):
        made(sales, now, "lead", last_name=f"L{number}", company="X" if number else "")
    one = rule(sales, now, 'lead.company != ""', 20)
    figure_all(at=now)
    spread_now = spread(type_key="lead", extra=None, at=now)
    assert sum(count for _low, _high, count in spread_now) == 3
    assert spread_now[0][2] == 1
    remove_rule(rule_id=one, actor=sales, at=now)
    figure_all(at=now)
    assert {one.data.get("score") for one in Record.objects.filter(data__last_name__startswith="L")} == {0}


def test_a_condition_that_cannot_be_is_refused(sales: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        rule(sales, now, "lead.colour == 1", 5)
    with pytest.raises(Invalid):
        rule(sales, now, 'lead.company != ""', 0)
