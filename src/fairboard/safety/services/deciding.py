"""Claiming and deciding cases."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people.queries import actor_by_id
from fairboard.safety import events, statements
from fairboard.safety.models import Case
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.cases import CLAIM
from fairboard.safety.services import decisions, effects
from fairboard.safety.signals import DecisionRow
from fairboard.screening import policies

OUTCOMES = ("allow", "reject")
ACTIONS = ("remove", "restrict", "demonetise", "watch", "hold_account", "suspend", "close")
"""What can be done beside allowing or refusing. A refusal removes unless it restricts."""
SUSPENSION_DAYS, LONGEST_SUSPENSION = 7, 365
RESTRICTABLE = ("ad",)
"""Kinds that can be shown by their address only."""


class AlreadyDecided(Conflict):
    """Somebody else was faster."""

    code = "already-decided"


class OwnSubmission(Forbidden):
    """Nobody decides on what they wrote themselves."""

    code = "own-submission"


class SecondNeeded(Conflict):
    """The case needs the consent of a second person."""

    code = "second-needed"


def claim(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Take a case for twenty minutes; raises Conflict while somebody else has it."""
    case = case_for(case_id, actor)
    with transaction.atomic():
        free = Q(claimed_by="") | Q(claimed_by=actor.id) | Q(claimed_at__lt=at - CLAIM)
        if not Case.objects.filter(free, pk=case.pk, state="open").update(claimed_by=actor.id, claimed_at=at):
            raise Conflict(_("A colleague is looking at this case."))
        record(kind=events.CLAIMED, subject=Subject("case", case.public_id), actor=actor, at=at)


def decide(
    *, case_id: str, outcome: str, policy: str, reason_text: str, actor: Actor, at: datetime, note: str = "",
    actions: Sequence[str] = (), second_by: str = "", days: int = 0, carry_out_at: datetime | None = None,
) -> DecisionRow:  # fmt: skip
    """Decide a case; the rooms concerned act in the same transaction.

    ``actions`` are some of `ACTIONS`, ``days`` how long a suspension lasts (7 unless given), ``second_by`` who
    consented, ``carry_out_at`` when it is carried out if not at once.

    Raises Forbidden, OwnSubmission, SecondNeeded, AlreadyDecided, Invalid (what restricts needs a policy and a
    reason).
    """
    case = case_for(case_id, actor)
    done = check(outcome, policy, reason_text, actions, days, case.kind)
    if case.submission.author_id and case.submission.author_id in {actor.id, second_by}:
        raise OwnSubmission(_("Somebody else must decide on what you wrote yourself."))
    _check_second(case, actor, second_by)
    restricts = statements.needed(done)
    wanted = decisions.Wanted(
        case.submission, outcome, case, policy if restricts else "", reason_text, note, done, until_of(done, days, at),
        second_by, carry_out_at=carry_out_at,
    )  # fmt: skip
    with transaction.atomic():
        if not Case.objects.filter(pk=case.pk, state="open").update(state="decided"):
            raise AlreadyDecided(_("This case was decided in the meantime."))
        return decisions.row_of(decisions.make(wanted, actor=actor, at=at))


def check(outcome: str, policy: str, reason_text: str, actions: Sequence[str], days: int, kind: str) -> tuple[str, ...]:
    """The actions of a decision in their order, with removal where a refusal names no other; raises Invalid."""
    errors = []
    given = set(actions)
    if outcome not in OUTCOMES:
        errors.append({"field": "outcome", "message": _("Choose allow or refuse.")})
    if outcome == "reject" and not given & {"remove", "restrict"}:
        given.add("remove")
    if unknown := sorted(given - set(ACTIONS)):
        errors.append({"field": "actions", "message": _("There is no action %(name)s.") % {"name": unknown[0][:40]}})
    if {"remove", "restrict"} <= given:
        errors.append({"field": "actions", "message": _("Choose either removing or restricting.")})
    if outcome == "allow" and "remove" in given:
        errors.append({"field": "actions", "message": _("What is allowed is not removed. Refuse it instead.")})
    if "restrict" in given and kind not in RESTRICTABLE:
        errors.append({"field": "actions", "message": _("Only ads can be shown by their address alone.")})
    if len(given & {"suspend", "close", "hold_account"}) > 1:
        errors.append({"field": "actions", "message": _("Choose one step for the account.")})
    if days and not 1 <= days <= LONGEST_SUSPENSION:
        errors.append(
            {"field": "days", "message": _("A suspension lasts 1 to %(n)d days.") % {"n": LONGEST_SUSPENSION}}
        )
    done = tuple(one for one in ACTIONS if one in given)
    restricts = outcome == "reject" or statements.needed(done)
    if restricts and policy not in policies():
        errors.append({"field": "policy", "message": _("Choose the policy this is refused under.")})
    if restricts and len(reason_text.strip()) < 10:
        errors.append({"field": "reason_text", "message": _("Tell the author why, in a sentence.")})
    if errors:
        raise Invalid(_("The decision is not complete."), errors=errors)
    return done


def until_of(actions: Sequence[str], days: int, at: datetime) -> datetime | None:
    """When a suspension ends; None when there is none."""
    return at + timedelta(days=days or SUSPENSION_DAYS) if effects.stronger(actions) == "suspend" else None


def _check_second(case: Case, actor: Actor, second_by: str) -> None:
    if second_by:
        second = actor_by_id(second_by)
        if second is None or second.id == actor.id or not second.can("desk.decide"):
            raise Invalid(_("A second person of the desk must consent."), field="second_by")
        if case.is_child and not second.can("desk.child"):
            raise Invalid(_("A second person of the desk must consent."), field="second_by")
    elif case.needs_second:
        raise SecondNeeded(_("This case needs the consent of a second person."))


def case_for(case_id: str, actor: Actor) -> Case:
    """A case that somebody may decide; raises Forbidden, NotFound (also for one they may not know of)."""
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff decide cases."))
    case = visible_cases(actor).select_related("submission").filter(public_id=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    return case
