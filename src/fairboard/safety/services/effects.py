"""What a decision does beside refusing: to its subject and to the standing of its author, and how it ends."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fairboard.kit.actors import Actor
from fairboard.safety.models import STANDINGS, Decision, Effect, Standing
from fairboard.safety.services.standing import set_standing

STANDING_OF = {"watch": "watched", "hold_account": "on_hold", "suspend": "suspended", "close": "closed"}
"""The standing an action gives a member; a stronger one is never replaced by a weaker one."""
ON_SUBJECT = ("restrict", "demonetise")


def apply(*, decision: Decision, until: datetime | None, actor: Actor, at: datetime) -> None:
    """Keep what a decision does and do it to the author's standing, in the caller's transaction.

    A decision that leaves its subject alone lifts what earlier ones restricted of it.
    """
    submission = decision.submission
    if decision.undoes_id is None:
        subject = Effect.objects.filter(target_kind=submission.kind, target_id=submission.subject_id, ended_at=None)
        subject.exclude(decision=decision).update(ended_at=at)
    for action in decision.actions:
        state = STANDING_OF.get(action, "")
        if state or action in ON_SUBJECT:
            Effect.objects.create(
                decision=decision, action=action, at=at, state=state, until=until if action == "suspend" else None,
                target_kind="member" if state else submission.kind,
                target_id=submission.author_id if state else submission.subject_id,
            )  # fmt: skip
    wanted = strongest(submission.author_id, at)
    if wanted is None or not submission.author_id:
        return
    current = Standing.objects.filter(member_id=submission.author_id).first()
    if current is None or _strength(wanted.state, wanted.until) > _strength(current.state, current.until):
        _give(submission.author_id, wanted, actor, at)


def revert(*, decision: Decision, actor: Actor, at: datetime) -> None:
    """End what a decision does; the author's standing becomes what the others that stand give, else good."""
    mine = list(Effect.objects.filter(decision=decision, ended_at=None))
    Effect.objects.filter(pk__in=[one.pk for one in mine]).update(ended_at=at)
    states = {one.state for one in mine if one.state}
    member_id = decision.submission.author_id
    current = Standing.objects.filter(member_id=member_id).first() if states else None
    if current and current.state in states and current.policy == decision.policy:
        _give(member_id, strongest(member_id, at), actor, at)


def end_due(*, at: datetime, actor: Actor, most: int = 200) -> int:
    """End the standings whose time is over; returns how many. Run again, it does nothing twice."""
    ended = 0
    due = list(Standing.objects.filter(until__lte=at).exclude(state="good").order_by("until")[:most])
    for row in due:
        with transaction.atomic():
            locked = Standing.objects.select_for_update().filter(pk=row.pk, until__lte=at).first()
            if locked is None:
                continue
            _member_effects(row.member_id).filter(until__lte=at).update(ended_at=at)
            _give(row.member_id, strongest(row.member_id, at), actor, at)
            ended += 1
    return ended


def strongest(member_id: str, at: datetime) -> Effect | None:
    """The strongest effect on a member that stands at a moment."""
    lasting = list(_member_effects(member_id).filter(Q(until=None) | Q(until__gt=at)).select_related("decision"))
    return max(lasting, key=lambda one: _strength(one.state, one.until), default=None)


def _member_effects(member_id: str) -> "QuerySet[Effect]":
    return Effect.objects.filter(target_kind="member", target_id=member_id, ended_at=None)


def _strength(state: str, until: datetime | None) -> tuple[int, bool, float]:
    return STANDINGS.index(state), until is None, until.timestamp() if until else 0.0


def _give(member_id: str, effect: Effect | None, actor: Actor, at: datetime) -> None:
    decision = effect.decision if effect else None
    set_standing(
        member_id=member_id, state=effect.state if effect else "good", policy=decision.policy if decision else "",
        reason=decision.reason_text if decision else "", until=effect.until if effect else None, actor=actor, at=at,
    )  # fmt: skip


def stronger(actions: Sequence[str]) -> str:
    """The strongest of the actions on an account, empty when there is none."""
    found = [one for one in STANDING_OF if one in actions]
    return found[-1] if found else ""
