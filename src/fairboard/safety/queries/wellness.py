"""What somebody of the desk has had to look at today, and whether it is enough.

Counting, capping and breaks follow the advice of the Tech Coalition's and the UK Safer Internet Centre's guides for
those who see harmful material: little at a time, in grey and blurred, with breaks, and never without a choice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from fairboard.kit.actors import Actor
from fairboard.safety.models import Comfort, Exposure

HARD_QUEUES = frozenset({"child", "urgent"})
HARD_SEVERITY = 4
STRETCH = timedelta(minutes=90)
BREAK = timedelta(minutes=10)
BREAK_AFTER = 20
"""Hard cases, after which a break is suggested."""


@dataclass(frozen=True, slots=True)
class Wellness:
    """Today's figures of one person; ``left`` hard cases may still be taken, ``break_due`` says why a break is."""

    cases: int
    hard: int
    photos: int
    cap: int
    left: int
    break_due: str
    grey: bool
    blurred: bool
    hard_queues: bool


def wellness_of(*, actor: Actor, at: datetime) -> Wellness:
    """What the actor has looked at on the day of ``at`` (UTC), and how they want to be shown more."""
    seen = Exposure.objects.filter(staff_id=actor.id, day=at.date()).first()
    comfort = Comfort.objects.filter(staff_id=actor.id).first() or Comfort(staff_id=actor.id)
    cap = settings.EXPOSURE_CAP if comfort.cap is None else min(comfort.cap, settings.EXPOSURE_CAP)
    hard = seen.hard if seen else 0
    return Wellness(
        seen.cases if seen else 0, hard, seen.photos if seen else 0, cap, max(0, cap - hard),
        _break_due(seen, at), comfort.grey, comfort.blurred, comfort.hard_queues,
    )  # fmt: skip


def may_take_hard(*, actor: Actor, at: datetime) -> bool:
    """Whether a person may be given another hard case today."""
    found = wellness_of(actor=actor, at=at)
    return found.hard_queues and found.left > 0


def _break_due(seen: Exposure | None, at: datetime) -> str:
    if seen is None or at - seen.last_at > BREAK:
        return ""
    if at - seen.since > STRETCH:
        return "stretch"
    return "hard" if seen.hard and seen.hard % BREAK_AFTER == 0 else ""
