"""Four eyes: what two people must agree on. The first proposes, the second confirms or contests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.models import Case, Proposal
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.cases import CLAIM
from fairboard.safety.services import deciding
from fairboard.safety.signals import DecisionRow


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision made, or one that waits for a second person."""

    decision: DecisionRow | None
    waits_for_second: bool


def needs_second(case: Case, outcome: str, actions: Sequence[str]) -> bool:
    """Whether two people must agree: on letting a child-safety case go, on closing an account, where a case asks."""
    return case.needs_second or "close" in actions or (case.is_child and outcome == "allow")


def decide(
    *, case_id: str, outcome: str, policy: str, reason_text: str, actor: Actor, at: datetime, note: str = "",
    actions: Sequence[str] = (),
) -> Decided:  # fmt: skip
    """Decide a case, or propose a decision where two people must agree.

    A colleague's claim is respected. Raises what `deciding.decide` raises, and Conflict when the second person is the
    first. The lead's word decides where two disagree.
    """
    case = visible_cases(actor).filter(public_id=case_id, state="open").first()
    if case is None:  # decided, unknown, not theirs to see, or they are no safety staff: said by the same service
        return Decided(_straight(case_id, outcome, policy, reason_text, note, actions, actor, at, ""), False)
    if case.claimed_by not in {"", actor.id} and case.claimed_at and case.claimed_at > at - CLAIM:
        raise Conflict(_("A colleague is looking at this case."))
    with transaction.atomic():
        pending = Proposal.objects.select_for_update().filter(case=case, state="pending").first()
        if pending is None and not needs_second(case, outcome, actions):
            return Decided(_straight(case_id, outcome, policy, reason_text, note, actions, actor, at, ""), False)
        deciding.check(outcome, policy, reason_text)
        if pending is None:
            _propose(case, outcome, policy, reason_text, note, actions, actor, at)
            return Decided(None, True)
        if pending.proposed_by == actor.id:
            raise Conflict(_("You proposed this decision yourself; a colleague confirms it."))
        if (pending.outcome, pending.policy) == (outcome, policy if outcome == "reject" else ""):
            Proposal.objects.filter(pk=pending.pk).update(state="confirmed")
            agreed = sorted({*actions, *pending.actions})
            row = _straight(case_id, outcome, policy, reason_text, note, agreed, actor, at, pending.proposed_by)
            return Decided(row, False)
        Proposal.objects.filter(pk=pending.pk).update(state="contested")
        record(kind=events.CONTESTED, subject=Subject("case", case.public_id), actor=actor, at=at)
        if actor.can("desk.lead"):
            row = _straight(case_id, outcome, policy, reason_text, note, actions, actor, at, pending.proposed_by)
            return Decided(row, False)
        _propose(case, outcome, policy, reason_text, note, actions, actor, at)
        return Decided(None, True)


def _propose(
    case: Case, outcome: str, policy: str, reason_text: str, note: str, actions: Sequence[str], actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    Proposal.objects.create(
        case=case, outcome=outcome, policy=policy if outcome == "reject" else "",
        reason_text=reason_text.strip()[:4000], note=note.strip()[:4000], actions=list(actions),
        proposed_by=actor.id, at=at,
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(needs_second=True, claimed_by="", claimed_at=None)
    record(
        kind=events.PROPOSED, subject=Subject("case", case.public_id), actor=actor, at=at,
        data={"outcome": outcome, "policy": policy},
    )  # fmt: skip


def _straight(
    case_id: str, outcome: str, policy: str, reason_text: str, note: str, actions: Sequence[str], actor: Actor,
    at: datetime, first: str,
) -> DecisionRow:  # fmt: skip
    return deciding.decide(
        case_id=case_id, outcome=outcome, policy=policy, reason_text=reason_text, note=note, actions=actions,
        actor=actor, at=at, second_by=first,
    )  # fmt: skip
