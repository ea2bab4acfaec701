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


decision_made = Signal()
