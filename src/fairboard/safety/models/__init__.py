"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission
from fairboard.safety.models.work import Comfort, Exposure, Proposal

__all__ = [
    "STANDINGS",
    "Case",
    "Comfort",
    "Decision",
    "Exposure",
    "Hold",
    "Notice",
    "Proposal",
    "Refused",
    "Standing",
    "Submission",
]
