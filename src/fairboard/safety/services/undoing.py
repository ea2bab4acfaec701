"""Undoing a decision: always a new one, tied to the former, that restores what the former did."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events_decisions as events
from fairboard.safety import priority, statements
from fairboard.safety.models import Case, Decision
from fairboard.safety.queries.access import may_see
from fairboard.safety.services import decisions, effects, reporters
from fairboard.safety.signals import DecisionRow


class NotLatest(Conflict):
    """A later decision stands on the same version, or this one was undone."""

    code = "not-latest-decision"


def undo(*, decision_id: str, reason: str, actor: Actor, at: datetime) -> DecisionRow:
    """Undo a decision; raises Forbidden, NotFound, NotLatest, Invalid (a reason is needed).

    A refusal undone allows the submission again and gives back what it took from the account. An allowance undone
    opens its case again; what the gate had held goes out of sight until it is decided.
    """
    former = decision_for(decision_id, actor)
    if len(reason.strip()) < 10:
        raise Invalid(_("Say why it is undone, in a sentence."), field="reason")
    with transaction.atomic():
        lock(former)
        restricted = former.outcome == "reject" or statements.needed(former.actions)
        outcome = "allow" if restricted or former.submission.verdict == "allow" else "hold"
        made = replace(former, decisions.Wanted(
            former.submission, outcome, former.case, reason_text=reason, undoes=former
        ), actor=actor, at=at)  # fmt: skip
        if not restricted and former.case:
            _reopen(former.case, actor, at)
    return decisions.row_of(made)


def replace(former: Decision, wanted: decisions.Wanted, *, actor: Actor, at: datetime) -> Decision:
    """Take back what a decision did and make another in its place, in the caller's transaction."""
    reporters.uncount(decision=former)
    effects.revert(decision=former, actor=actor, at=at)
    Decision.objects.filter(pk=former.pk, carried_out_at=None).update(carried_out_at=at)  # it no longer waits
    return decisions.make(wanted, actor=actor, at=at)


def decision_for(decision_id: str, actor: Actor) -> Decision:
    """A decision somebody of the desk may act on; raises Forbidden, NotFound (also for one they may not know of)."""
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff undo decisions."))
    found = Decision.objects.select_related("submission", "case").filter(public_id=decision_id).first()
    if found is None or not may_see(kind=found.submission.kind, subject_id=found.submission.subject_id, actor=actor):
        raise NotFound(_("There is no such decision."))
    return found


def lock(former: Decision) -> None:
    """Keep others from acting on a decision until the transaction ends; raises NotLatest unless it stands."""
    same = Decision.objects.select_for_update(of=("self",)).filter(submission=former.submission)
    newest = same.order_by("-pk").first()
    if Decision.objects.filter(undoes=former).exists():
        raise NotLatest(_("This decision was undone already."))
    if newest is None or newest.pk != former.pk:
        raise NotLatest(_("A later decision stands. Undo that one first."))


def _reopen(case: Case, actor: Actor, at: datetime) -> None:
    case.state, case.claimed_by, case.claimed_at = "open", "", None
    case.due_at = at + priority.DUE[case.severity]
    try:
        with transaction.atomic():
            case.save(update_fields=["state", "claimed_by", "claimed_at", "due_at"])
    except IntegrityError:  # a newer case about the same subject is open already
        return
    record(kind=events.REOPENED, subject=Subject("case", case.public_id), actor=actor, at=at)
