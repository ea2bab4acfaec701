"""What safety keeps, one file a subject."""

from fairboard.safety.models.appeals import Appeal
from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.effects import Effect, MemberWarning, Resemblance, Withheld
from fairboard.safety.models.notices import FlaggerMember, Notice, Reporter, TrustedFlagger
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission

__all__ = [
    "STANDINGS",
    "Appeal",
    "Case",
    "Decision",
    "Effect",
    "FlaggerMember",
    "Hold",
    "MemberWarning",
    "Notice",
    "Refused",
    "Reporter",
    "Resemblance",
    "Standing",
    "Submission",
    "TrustedFlagger",
    "Withheld",
]
