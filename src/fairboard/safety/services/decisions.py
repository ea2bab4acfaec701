"""Making a decision and carrying it out: what `deciding`, `undoing` and `appeals` share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, events_decisions, refused
from fairboard.safety.models import Case, Decision, Notice, Submission
from fairboard.safety.services import effects, reporters, warnings
from fairboard.safety.signals import DecisionRow, decision_made
from fairboard.safety.statement_facts import statement_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision to be made. ``until`` ends a suspension; ``carry_out_at`` lets it wait."""

    submission: Submission
    outcome: str
    case: Case | None = None
    policy: str = ""
    reason_text: str = ""
    note: str = ""
    actions: Sequence[str] = ()
    until: datetime | None = None
    second_by: str = ""
    undoes: Decision | None = None
    carry_out_at: datetime | None = None
    appeal_id: str = ""


def make(wanted: Wanted, *, actor: Actor, at: datetime) -> Decision:
    """Keep a decision with its statement of reasons and carry it out unless it is to wait.

    The caller has checked it and runs the transaction.
    """
    notices = list(Notice.objects.filter(case=wanted.case).select_related("flagger")) if wanted.case else []
    decision = Decision(
        case=wanted.case, submission=wanted.submission, outcome=wanted.outcome, policy=wanted.policy,
        reason_text=wanted.reason_text.strip()[:4000], note=wanted.note.strip()[:4000], actions=list(wanted.actions),
        decided_by=actor.id, second_by=wanted.second_by, undoes=wanted.undoes, at=at,
        carry_out_at=wanted.carry_out_at if wanted.carry_out_at and wanted.carry_out_at > at else None,
    )  # fmt: skip
    decision.statement = statement_of(decision, until=wanted.until, notices=notices)
    decision.save()
    subject = Subject(wanted.submission.kind, wanted.submission.subject_id)
    data: dict[str, Any] = {
        "decision": decision.public_id, "case": wanted.case.public_id if wanted.case else "",
        "outcome": decision.outcome, "policy": decision.policy, "actions": decision.actions,
    }  # fmt: skip
    if wanted.undoes:
        data["undoes"] = wanted.undoes.public_id
    if wanted.appeal_id:
        data["appeal"] = wanted.appeal_id
    if decision.carry_out_at is None:
        carry_out(decision, actor=actor, at=at, until=wanted.until)
    record(kind=events.DECIDED, subject=subject, actor=actor, at=at, data=data)
    return decision


def carry_out(decision: Decision, *, actor: Actor, at: datetime, until: datetime | None) -> bool:
    """Do what was decided; once, however often it is asked for. Returns whether it was done now."""
    if not Decision.objects.filter(pk=decision.pk, carried_out_at=None).update(carried_out_at=at):
        return False
    submission = decision.submission
    effects.apply(decision=decision, until=until, actor=actor, at=at)
    if decision.outcome == "reject":
        refused.remember(submission)
    elif decision.outcome == "allow":
        refused.forget(submission)
    decision_made.send(sender=Decision, decision=replace(row_of(decision), at=at))
    reporters.count(decision=decision, at=at)
    if decision.outcome == "reject" and submission.author_id:
        warnings.warn_if_due(member_id=submission.author_id, at=at)
    return True


def carry_out_due(*, actor: Actor, at: datetime, most: int = 100) -> int:
    """Carry out the decisions whose moment has come; returns how many. Run again, it does nothing twice."""
    due = Decision.objects.filter(carried_out_at=None, carry_out_at__lte=at).select_related("submission")
    done = 0
    for decision in due.order_by("carry_out_at")[:most]:
        with transaction.atomic():
            end = decision.statement.get("end_date_account_restriction")
            until = datetime.fromisoformat(f"{end}T23:59:59+00:00") if end else None
            if not carry_out(decision, actor=actor, at=at, until=until):
                continue
            submission = decision.submission
            record(
                kind=events_decisions.CARRIED_OUT, subject=Subject(submission.kind, submission.subject_id),
                actor=actor, at=at, data={"decision": decision.public_id},
            )  # fmt: skip
        done += 1
    return done


def row_of(decision: Decision) -> DecisionRow:
    """A decision as other rooms hear of it."""
    submission = decision.submission
    return DecisionRow(
        decision.public_id, submission.kind, submission.subject_id, submission.public_id, decision.outcome,
        decision.policy, decision.reason_text, decision.at, tuple(decision.actions),
    )  # fmt: skip
