"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.rules import (
    BackTest,
    DelayedRefusal,
    PackagedRule,
    Rule,
    RuleBook,
    RuleFailure,
    RuleHit,
    RuleMove,
    RuleVersion,
)
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission
from fairboard.safety.models.work import Comfort, Exposure, Proposal

__all__ = [
    "STANDINGS",
    "BackTest",
    "Case",
    "Comfort",
    "Decision",
    "DelayedRefusal",
    "Exposure",
    "Hold",
    "Notice",
    "PackagedRule",
    "Proposal",
    "Refused",
    "Rule",
    "RuleBook",
    "RuleFailure",
    "RuleHit",
    "RuleMove",
    "RuleVersion",
    "Standing",
    "Submission",
]
