"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.orders import Custody, Disclosure, Order, OrderEntry, OrderSubject
from fairboard.safety.models.risks import RiskAssessment
from fairboard.safety.models.samples import PrevalenceSample
from fairboard.safety.models.standing import STANDINGS, Hold, Standing
from fairboard.safety.models.submissions import Refused, Submission
from fairboard.safety.models.takedowns import Takedown, TakedownHash
from fairboard.safety.models.traders import TraderRecord

__all__ = [
    "STANDINGS",
    "Case",
    "Custody",
    "Decision",
    "Disclosure",
    "Hold",
    "Notice",
    "Order",
    "OrderEntry",
    "OrderSubject",
    "PrevalenceSample",
    "Refused",
    "RiskAssessment",
    "Standing",
    "Submission",
    "Takedown",
    "TakedownHash",
    "TraderRecord",
]
