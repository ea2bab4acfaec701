"""What safety keeps, one file a subject."""

from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.evidence import Evidence, EvidenceAccess
from fairboard.safety.models.notices import Notice
from fairboard.safety.models.orders import (
    OPEN_STATES,
    ORDER_STATES,
    Custody,
    Disclosure,
    Order,
    OrderEntry,
    OrderSubject,
)
from fairboard.safety.models.reports import Attempt, Report, Step
from fairboard.safety.models.risks import RiskAssessment
from fairboard.safety.models.rules import (
    ACTIONS,
    BACKTEST_STATES,
    LIVES,
    OUTCOMES,
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
from fairboard.safety.models.takedowns import TAKEDOWN_STATES, Takedown, TakedownHash
from fairboard.safety.models.traders import TRADER_STATES, TraderRecord
from fairboard.safety.models.work import Comfort, Exposure, Proposal

__all__ = [
    "ACTIONS",
    "BACKTEST_STATES",
    "LIVES",
    "OPEN_STATES",
    "ORDER_STATES",
    "OUTCOMES",
    "STANDINGS",
    "TAKEDOWN_STATES",
    "TRADER_STATES",
    "Attempt",
    "BackTest",
    "Case",
    "Comfort",
    "Custody",
    "Decision",
    "DelayedRefusal",
    "Disclosure",
    "Evidence",
    "EvidenceAccess",
    "Exposure",
    "Hold",
    "Notice",
    "Order",
    "OrderEntry",
    "OrderSubject",
    "PackagedRule",
    "Proposal",
    "Refused",
    "Report",
    "RiskAssessment",
    "Rule",
    "RuleBook",
    "RuleFailure",
    "RuleHit",
    "RuleMove",
    "RuleVersion",
    "Standing",
    "Step",
    "Submission",
    "Takedown",
    "TakedownHash",
    "TraderRecord",
]
