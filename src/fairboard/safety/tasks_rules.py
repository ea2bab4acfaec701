"""Background work of the rules: refusals put off, back-tests, and what became of hits."""

from typing import Any

from django.dispatch import receiver

from fairboard.kit import clock, tasks
from fairboard.safety.models import Decision, RuleHit
from fairboard.safety.services import backtests, delays
from fairboard.safety.signals import DecisionRow, decision_made


@tasks.every(minutes=0.5, name="safety.delayed_refusals")
def delayed_refusals() -> None:
    """Carry out the refusals whose moment has come."""
    delays.carry_out_due(at=clock.now())


@tasks.task(backtests.TASK)
def back_test(test_id: str) -> None:
    """Try a version on a slice of history, and ask for the next slice."""
    if backtests.advance(test_id=test_id, at=clock.now(), seconds=5):
        tasks.enqueue(backtests.TASK, test_id=test_id)


@tasks.every(minutes=1, name="safety.resume_backtests")
def resume_back_tests() -> None:
    """Go on with back-tests whose worker died."""
    for test_id in backtests.abandoned(at=clock.now()):
        tasks.enqueue(backtests.TASK, test_id=test_id)


@receiver(decision_made)
def judge_hits(sender: object, *, decision: DecisionRow, **rest: Any) -> None:
    """What a person decided of a submission says of each rule that hit it whether it was right."""
    if Decision.objects.filter(public_id=decision.id, is_automatic=True).exists():
        return
    outcome = "upheld" if decision.outcome == "reject" else "overturned"
    RuleHit.objects.filter(submission__public_id=decision.submission_id).update(outcome=outcome)
