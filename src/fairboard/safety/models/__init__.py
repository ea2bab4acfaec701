"""What safety keeps, one file a subject."""

from fairboard.safety.models.banks import Bank, BankChunk, BankEntry, BankMatch
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

__all__ = [
    "STANDINGS",
    "BackTest",
    "Bank",
    "BankChunk",
    "BankEntry",
    "BankMatch",
    "Case",
    "Decision",
    "DelayedRefusal",
    "Hold",
    "Notice",
    "PackagedRule",
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
