"""Signals safety sends inside the transaction of what they tell."""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as other rooms hear of it; outcome is ``allow``, ``reject`` or, after an undo, ``hold``.

    A refusal with the action ``restrict`` leaves its subject in sight of who has its address.
    """

    id: str
    subject_kind: str
    subject_id: str
    submission_id: str
    outcome: str
    policy: str
    reason_text: str
    at: datetime
    actions: tuple[str, ...] = ()

    @property
    def is_restriction(self) -> bool:
        """Whether the subject stays, but out of lists and search."""
        return "restrict" in self.actions


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
