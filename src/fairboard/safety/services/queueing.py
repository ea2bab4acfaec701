"""Working a queue: taking the next case, giving one back, moving one to the queue for the safety of children."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, priority
from fairboard.safety.models import Case
from fairboard.safety.queries.access import visible_cases
from fairboard.safety.queries.cases import CLAIM
from fairboard.safety.queries.wellness import HARD_QUEUES, may_take_hard
from fairboard.safety.services.deciding import case_for

ATTEMPTS = 5


class Rest(Conflict):
    """Somebody has seen as many hard cases today as is good for anybody."""

    code = "exposure-cap"


def take_next(*, queue: str, actor: Actor, at: datetime, after: str = "") -> str:
    """Claim the first case of a queue nobody holds, and answer its id; empty when there is none.

    ``after`` is the case one comes from: it is given back, and the cases behind it come first, so that going on and on
    leads through the whole queue.
    A case in which the actor is the author, or was the first of two to decide, is left to somebody else. Raises
    Forbidden, Rest.
    """
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff decide cases."))
    if queue in HARD_QUEUES and not may_take_hard(actor=actor, at=at):
        raise Rest(_("You have seen enough hard cases today. Other queues are open to you; please take a break."))
    free = Q(claimed_by="") | Q(claimed_by=actor.id) | Q(claimed_at__lt=at - CLAIM)
    waiting = visible_cases(actor).filter(free, state="open", queue=queue)
    waiting = waiting.exclude(submission__author_id=actor.id)
    waiting = waiting.exclude(proposals__state="pending", proposals__proposed_by=actor.id)
    for pk in _in_turn(waiting, after):
        with transaction.atomic():
            if after:
                Case.objects.filter(public_id=after, state="open", claimed_by=actor.id).update(
                    claimed_by="", claimed_at=None
                )
            if Case.objects.filter(free, pk=pk, state="open").update(claimed_by=actor.id, claimed_at=at):
                public_id = str(Case.objects.values_list("public_id", flat=True).get(pk=pk))
                record(kind=events.CLAIMED, subject=Subject("case", public_id), actor=actor, at=at)
                return public_id
    return ""


def _in_turn(waiting: "QuerySet[Case]", after: str) -> list[int]:
    """The cases to be tried: those behind ``after`` first, then from the beginning."""
    came_from = Case.objects.filter(public_id=after).first() if after else None
    ordered = waiting.order_by("rank", "id")
    if came_from is None:
        return list(ordered.values_list("pk", flat=True)[:ATTEMPTS])
    behind = Q(rank__gt=came_from.rank) | Q(rank=came_from.rank, pk__gt=came_from.pk)
    found = list(ordered.filter(behind).values_list("pk", flat=True)[:ATTEMPTS])
    return found or list(ordered.exclude(pk=came_from.pk).values_list("pk", flat=True)[:ATTEMPTS])


def release(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Give a case back that one has claimed; raises Forbidden, NotFound, Conflict when a colleague has it."""
    case = case_for(case_id, actor)
    with transaction.atomic():
        held = Q(claimed_by=actor.id)
        if actor.can("desk.lead"):
            held |= ~Q(claimed_by="")
        if not Case.objects.filter(held, pk=case.pk, state="open").update(claimed_by="", claimed_at=None):
            raise Conflict(_("You do not have this case."))
        record(kind=events.RELEASED_CASE, subject=Subject("case", case.public_id), actor=actor, at=at)


def escalate(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Move a case to the queue for the safety of children; only those with that permission see it from then on.

    ``known_at`` begins the clock of 18 USC 2258A: somebody of the company has seen what it shows.
    """
    case = case_for(case_id, actor)
    with transaction.atomic():
        moved = Case.objects.filter(pk=case.pk, state="open", is_child=False).update(
            is_child=True, queue="child", severity=5, policy="child-safety", known_at=at, claimed_by="",
            claimed_at=None, due_at=at + priority.DUE[5],
            rank=priority.rank(severity=5, reach=case.reach, opened_at=case.opened_at),
        )  # fmt: skip
        if not moved:
            raise Conflict(_("This case is in that queue already, or decided."))
        record(kind=events.ESCALATED, subject=Subject("case", case.public_id), actor=actor, at=at)


def move_back(*, case_id: str, actor: Actor, at: datetime) -> None:
    """Say that a case does not concern a child: it goes to the urgent queue, in sight of the whole desk."""
    if not actor.can("desk.child"):
        raise Forbidden(_("Only those trusted with the safety of children move such a case."))
    case = case_for(case_id, actor)
    with transaction.atomic():
        moved = Case.objects.filter(pk=case.pk, state="open", is_child=True).update(
            is_child=False, queue="urgent", policy="", claimed_by="", claimed_at=None
        )
        if not moved:
            raise Conflict(_("This case is not in that queue, or decided."))
        record(kind=events.MOVED_BACK, subject=Subject("case", case.public_id), actor=actor, at=at)
