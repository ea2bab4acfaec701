"""Rules of the desk in the gate: shadow never acts, a broken one stops nothing, a delayed refusal comes once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.market.queries.ads import ad_for
from fairboard.market.services.posting import submit
from fairboard.safety import rule_keeping, ruleset
from fairboard.safety.models import Case, Decision, DelayedRefusal, Rule, RuleFailure, RuleHit, Submission
from fairboard.safety.queries.verdicts import verdict_for
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.delays import carry_out_due
from fairboard.safety.services.rules import retire
from tests.market.drafts import bicycle
from tests.safety.rulebook import live, smuggled, watching

BREAKS = "[1, 2][text.length > 1 ? 5 : 0] == 1"
"""Passes every check and breaks on any text."""
REFUSAL = {"outcome": "reject", "policy": "scam", "reason_text": "This is not how we sell bicycles here."}


def test_a_rule_in_shadow_is_noted_and_changes_nothing(seller: Actor, moderator: Actor, now: datetime) -> None:
    watching(moderator, now, action="escalate")
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "allow"
    hit = RuleHit.objects.get(rule_key="bicycles")
    assert (hit.was_live, hit.version.number) == (False, 1)  # type: ignore[union-attr]
    assert not Case.objects.exists()
    assert Submission.objects.get().reasons == []


def test_a_hit_learns_what_people_decided(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    live(moderator, lead, now)
    for title in ("One", "Two"):
        submit(actor=seller, draft=bicycle(title=f"{title} bicycle"), at=now)
    first, second = Case.objects.order_by("pk")
    decide(case_id=first.public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    decide(case_id=second.public_id, actor=moderator, at=now, **REFUSAL)  # type: ignore[arg-type]
    assert list(RuleHit.objects.order_by("pk").values_list("outcome", flat=True)) == ["overturned", "upheld"]


def test_the_severity_of_a_rule_is_that_of_its_case(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    live(moderator, lead, now, severity=4)
    submit(actor=seller, draft=bicycle(), at=now)
    assert (Case.objects.get().severity, Case.objects.get().queue) == (4, "screening")


def test_a_child_safety_rule_makes_a_child_safety_case(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    live(moderator, lead, now, key="other", action="escalate")
    live(moderator, lead, now, key="zz-child", policy="child-safety", action="escalate")
    submit(actor=seller, draft=bicycle(), at=now)
    case = Case.objects.get()
    assert (case.is_child, case.queue, case.policy) == (True, "child", "child-safety")


@pytest.mark.parametrize("when", [BREAKS, "1 +", "nothing.known > 1"])
def test_a_rule_that_breaks_is_left_out_told_and_stopped(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime, when: str
) -> None:
    rule = live(moderator, lead, now, when="contact.phones > 90")
    smuggled(rule, when, now)
    with transaction.atomic():
        ruleset.changed()
    live(moderator, lead, now, key="sound")
    done = submit(actor=seller, draft=bicycle(), at=now)
    assert (done.verdict, [one.rule for one in done.reasons]) == ("hold", ["sound"])
    for turn in range(rule_keeping.MOST_FAILURES):
        submit(actor=seller, draft=bicycle(title=f"Bicycle number {turn}"), at=now)
    assert Event.objects.filter(kind="safety.rule.failed", data__rule="bicycles").count() == 1
    kept = Rule.objects.get(key="bicycles")
    assert kept.live is None
    assert kept.life == ("shadow" if when == BREAKS else "draft")
    before = RuleFailure.objects.filter(rule_key="bicycles").get().count
    submit(actor=seller, draft=bicycle(title="One more"), at=now)
    assert RuleFailure.objects.filter(rule_key="bicycles").get().count == before


def test_rules_that_cannot_be_read_hold_everything(
    seller: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ruleset, "current", breaks)
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "hold"
    assert Event.objects.filter(kind="safety.alarm.raised", subject_id="rules").exists()


def test_what_another_process_changed_acts_at_once(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    rule = live(moderator, lead, now)
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "hold"
    kept = ruleset._kept
    retire(rule_id=rule.rule_id, actor=lead, at=now, reason="Enough.")
    ruleset._kept = kept  # as in a process that did nothing itself
    assert submit(actor=seller, draft=bicycle(title="Second"), at=now).verdict == "allow"


def test_a_change_rolled_back_is_forgotten(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> None:
    rule = live(moderator, lead, now)
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012, what is undone is looked at within
        retire(rule_id=rule.rule_id, actor=lead, at=now, reason="Enough.")
        assert submit(actor=seller, draft=bicycle(), at=now).verdict == "allow"
        raise ZeroDivisionError
    assert submit(actor=seller, draft=bicycle(title="Second"), at=now).verdict == "hold"


@pytest.fixture
def delayed(seller: Actor, moderator: Actor, lead: Actor, now: datetime) -> Any:
    """An ad whose refusal is put off by up to an hour."""
    live(moderator, lead, now, action="reject", delay_minutes=60)
    return submit(actor=seller, draft=bicycle(), at=now)


def test_a_delayed_refusal_looks_like_a_review(delayed: Any, seller: Actor, moderator: Actor, now: datetime) -> None:
    assert (delayed.verdict, list(delayed.reasons)) == ("hold", [])
    asked = {"kind": "ad", "subject_id": delayed.ad_id, "revision": 1}
    seen = verdict_for(**asked, actor=seller)
    assert seen is not None
    assert (seen.verdict, seen.reasons, seen.policies, seen.decision) == ("hold", (), (), None)
    desk = verdict_for(**asked, actor=moderator)
    assert desk is not None
    assert [one.rule for one in desk.reasons] == ["bicycles"]
    waiting = DelayedRefusal.objects.get()
    assert now < waiting.carry_out_at <= now + timedelta(hours=1)
    assert carry_out_due(at=waiting.carry_out_at - timedelta(seconds=1)) == 0


def test_a_delayed_refusal_is_carried_out_once_and_told(
    delayed: Any, seller: Actor, buyer: Actor, now: datetime, outbox: list[Any]
) -> None:
    later = now + timedelta(hours=1)
    assert [carry_out_due(at=later), carry_out_due(at=later)] == [1, 0]
    decision = Decision.objects.get()
    assert (decision.is_automatic, decision.outcome, decision.policy) == (True, "reject", "scam")
    assert decision.carried_out_at == later
    assert ad_for(ad_id=delayed.ad_id, actor=buyer) is None
    assert not Case.objects.filter(state="open").exists()
    tasks.call("ledger.deliver")
    tasks.call("ledger.deliver")
    (mail,) = outbox
    assert "Bicycles are looked at first" in mail.body
    told = verdict_for(kind="ad", subject_id=delayed.ad_id, revision=1, actor=seller)
    assert told is not None
    assert (told.verdict, [one.rule for one in told.reasons]) == ("reject", ["bicycles"])
    assert RuleHit.objects.get().outcome == "pending"


def test_what_a_person_decided_first_stands(delayed: Any, seller: Actor, moderator: Actor, now: datetime) -> None:
    decide(
        case_id=Case.objects.get().public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now
    )  # fmt: skip
    assert carry_out_due(at=now + timedelta(hours=2)) == 0
    assert Decision.objects.get().outcome == "allow"
    assert not DelayedRefusal.objects.filter(done_at__isnull=True).exists()


def test_what_is_refused_at_once_is_not_put_off_by_another_rule(
    seller: Actor, moderator: Actor, lead: Actor, now: datetime
) -> None:
    live(moderator, lead, now, action="reject", delay_minutes=60)
    live(moderator, lead, now, key="at-once", action="reject")
    assert submit(actor=seller, draft=bicycle(), at=now).verdict == "reject"
    assert not DelayedRefusal.objects.exists()
