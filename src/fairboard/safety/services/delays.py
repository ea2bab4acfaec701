"""Carrying out refusals that a rule put off, at the moment drawn at random for each."""

from datetime import datetime

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, refused
from fairboard.safety.models import Case, Decision, DelayedRefusal
from fairboard.safety.signals import DecisionRow, decision_made
from fairboard.safety.statement_facts import statement_of

GATE = Actor.system("gate")
AT_ONCE = 200


def carry_out_due(*, at: datetime) -> int:
    """Carry out every refusal whose moment has come, each in its own transaction; returns how many took effect.

    May be called as often as one likes: each is claimed by a conditional update. What people decided before stands.
    """
    due = DelayedRefusal.objects.filter(done_at__isnull=True, carry_out_at__lte=at).order_by("carry_out_at")
    return sum(_carry_out(pk, at) for pk in due.values_list("pk", flat=True)[:AT_ONCE])


def _carry_out(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        waiting = DelayedRefusal.objects.filter(pk=pk, done_at__isnull=True)
        if not waiting.update(done_at=at):
            return False
        found = DelayedRefusal.objects.select_related("submission").get(pk=pk)
        submission = found.submission
        if Decision.objects.filter(submission=submission).exists():
            return False
        case = Case.objects.filter(submission=submission, state="open").first()
        if case and not Case.objects.filter(pk=case.pk, state="open").update(state="decided"):
            return False
        decision = Decision(
            case=case, submission=submission, outcome="reject", policy=found.policy, reason_text=found.reason_text,
            is_automatic=True, carry_out_at=found.carry_out_at, carried_out_at=at, at=at, actions=["remove"],
        )  # fmt: skip
        decision.statement = statement_of(decision)
        decision.save()
        DelayedRefusal.objects.filter(pk=pk).update(decision=decision)
        refused.remember(submission)
        decision_made.send(
            sender=Decision,
            decision=DecisionRow(
                decision.public_id, submission.kind, submission.subject_id, submission.public_id, "reject",
                found.policy, found.reason_text, at,
            ),
        )  # fmt: skip
        record(
            kind=events.DECIDED, subject=Subject(submission.kind, submission.subject_id), actor=GATE, at=at,
            data={"decision": decision.public_id, "case": case.public_id if case else "", "outcome": "reject",
                  "policy": found.policy, "actions": decision.actions},
        )  # fmt: skip
    return True
