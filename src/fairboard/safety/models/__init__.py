"""What safety keeps, one file a subject."""

from fairboard.safety.models.appeals import Appeal
from fairboard.safety.models.banks import Bank, BankEntry, BankMatch, BankReference
from fairboard.safety.models.cases import Case, Decision
from fairboard.safety.models.effects import Effect, MemberWarning, Resemblance, Withheld
from fairboard.safety.models.evidence import Evidence, EvidenceAccess
from fairboard.safety.models.networks import Identifier, LinkState, Network, NetworkMember, TextKey, Tie
from fairboard.safety.models.notices import FlaggerMember, Notice, Reporter, TrustedFlagger
from fairboard.safety.models.orders import (
    OPEN_STATES,
    ORDER_STATES,
    Custody,
    Disclosure,
    Order,
    OrderEntry,
    OrderSubject,
)
from fairboard.safety.models.photo_indexes import PhotoIndex
from fairboard.safety.models.reports import REPORT_STATES, Attempt, Report, Step
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
from fairboard.safety.models.samples import PrevalenceSample
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
    "REPORT_STATES",
    "STANDINGS",
    "TAKEDOWN_STATES",
    "TRADER_STATES",
    "Appeal",
    "Attempt",
    "BackTest",
    "Bank",
    "BankEntry",
    "BankMatch",
    "BankReference",
    "Case",
    "Comfort",
    "Custody",
    "Decision",
    "DelayedRefusal",
    "Disclosure",
    "Effect",
    "Evidence",
    "EvidenceAccess",
    "Exposure",
    "FlaggerMember",
    "Hold",
    "Identifier",
    "LinkState",
    "MemberWarning",
    "Network",
    "NetworkMember",
    "Notice",
    "Order",
    "OrderEntry",
    "OrderSubject",
    "PackagedRule",
    "PhotoIndex",
    "PrevalenceSample",
    "Proposal",
    "Refused",
    "Report",
    "Reporter",
    "Resemblance",
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
    "TextKey",
    "Tie",
    "TraderRecord",
    "TrustedFlagger",
    "Withheld",
]
