"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.evidence import Evidence, EvidenceAccess
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.reports import Attempt, Report, Step
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission

__all__ = [
    "STANDINGS",
    "Attempt",
    "Case",
    "Decision",
    "Evidence",
    "EvidenceAccess",
    "Hold",
    "Notice",
    "Refused",
    "Report",
    "Standing",
    "Step",
    "Submission",
]
