"""Signals safety sends inside the transaction of what they tell."""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as other rooms hear of it; outcome is ``allow`` or ``reject``."""

    id: str
    subject_kind: str
    subject_id: str
    submission_id: str
    outcome: str
    policy: str
    reason_text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StandingRow:
    """The standing of a member as it changed: good, watched, on_hold, suspended or closed."""

    member_id: str
    before: str
    state: str
    until: datetime | None
    at: datetime


decision_made = Signal()
standing_changed = Signal()
