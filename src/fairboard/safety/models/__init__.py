"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.networks import Identifier, LinkState, Network, NetworkMember, TextKey, Tie
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission

__all__ = [
    "STANDINGS", "Case", "Decision", "Hold", "Notice", "Refused", "Standing", "Submission",
    "Identifier", "LinkState", "Network", "NetworkMember", "TextKey", "Tie",
]  # fmt: skip
