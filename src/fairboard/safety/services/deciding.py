"""Claiming and deciding cases."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, refused
from fairboard.safety.models import Case, Decision, Submission
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.cases import CLAIM
from fairboard.safety.signals import DecisionRow, decision_made
from fairboard.screening import policies

OUTCOMES = ("allow", "reject")


class AlreadyDecided(Conflict):
    """Somebody else was faster."""

    code = "already-decided"


class OwnSubmission(Forbidden):
    """Nobody decides on what they wrote themselves."""

    code = "own-submission"


def claim(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Take a case for twenty minutes; raises Conflict while somebody else has it."""
    case = _case(case_id, actor)
    with transaction.atomic():
        free = Q(claimed_by="") | Q(claimed_by=actor.id) | Q(claimed_at__lt=at - CLAIM)
        if not Case.objects.filter(free, pk=case.pk, state="open").update(claimed_by=actor.id, claimed_at=at):
            raise Conflict(_("A colleague is looking at this case."))
        record(kind=events.CLAIMED, subject=Subject("case", case.public_id), actor=actor, at=at)


def decide(
    *, case_id: str, outcome: str, policy: str, reason_text: str, actor: Actor, at: datetime, note: str = "",
    actions: Sequence[str] = (), second_by: str = "",
) -> DecisionRow:  # fmt: skip
    """Decide a case; the rooms concerned act in the same transaction.

    Raises Forbidden, OwnSubmission, AlreadyDecided, Invalid (a refusal needs a policy and a reason).
    """
    case = _case(case_id, actor)
    check(outcome, policy, reason_text)
    if case.submission.author_id == actor.id:
        raise OwnSubmission(_("Somebody else must decide on what you wrote yourself."))
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, state="open").update(state="decided"):
            raise AlreadyDecided(_("This case was decided in the meantime."))
        decision = Decision.objects.create(
            case=case, submission=case.submission, outcome=outcome, policy=policy if outcome == "reject" else "",
            reason_text=reason_text.strip()[:4000], note=note.strip()[:4000], decided_by=actor.id, at=at,
            actions=list(actions), second_by=second_by,
        )  # fmt: skip
        if outcome == "reject":
            refused.remember(case.submission)
        else:
            refused.forget(case.submission)
        row = _row(decision, case.submission)
        decision_made.send(sender=Decision, decision=row)
        record(
            kind=events.DECIDED, subject=Subject(case.kind, case.subject_id), actor=actor, at=at,
            data={"decision": decision.public_id, "case": case.public_id, "outcome": outcome,
                  "policy": decision.policy},
        )  # fmt: skip
    return row


def check(outcome: str, policy: str, reason_text: str) -> None:
    """Raise Invalid with everything a decision lacks."""
    errors = []
    if outcome not in OUTCOMES:
        errors.append({"field": "outcome", "message": _("Choose allow or refuse.")})
    if outcome == "reject" and policy not in policies():
        errors.append({"field": "policy", "message": _("Choose the policy this is refused under.")})
    if outcome == "reject" and len(reason_text.strip()) < 10:
        errors.append({"field": "reason_text", "message": _("Tell the author why, in a sentence.")})
    if errors:
        raise Invalid(_("The decision is not complete."), errors=errors)


def _case(case_id: str, actor: Actor) -> Case:
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff decide cases."))
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def _row(decision: Decision, submission: Submission) -> DecisionRow:
    return DecisionRow(
        decision.public_id, submission.kind, submission.subject_id, submission.public_id, decision.outcome,
        decision.policy, decision.reason_text, decision.at,
    )  # fmt: skip
