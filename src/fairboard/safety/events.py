"""The kinds of event safety writes. None carries what was written, only ids, verdicts and rule names."""

from fairboard.ledger import outbox
from fairboard.ledger.kinds import declare

JUDGED = declare("safety.submission.judged", "The gate judged a submission.")
NOTICED = declare("safety.notice.filed", "Somebody reported something.")
CLAIMED = declare("safety.case.claimed", "A member of staff took a case.")
DECIDED = declare("safety.decision.made", "A case was decided.")
ALARM = declare("safety.alarm.raised", "A part of the gate failed or was slow, so what it was asked about is held.")
STANDING_CHANGED = declare("safety.standing.changed", "The standing of a member changed.")
HELD = declare("safety.hold.placed", "Data was put out of reach of erasure.")
RULE_WRITTEN = declare("safety.rule.written", "A new version of a rule was written, as a draft.")
RULE_MOVED = declare("safety.rule.moved", "A rule was put to shadow, live, draft or retired.")
RULE_FAILED = declare("safety.rule.failed", "A rule broke while it ran, so it was left out.")
BACK_TEST_ASKED = declare("safety.backtest.asked", "A version of a rule is tried on what was judged before.")
BACK_TEST_ENDED = declare("safety.backtest.ended", "A back-test of a rule is done, was stopped or failed.")
BANK_CHANGED = declare("safety.bank.changed", "A hash bank was made, filled, switched, or lost an entry.")
BANK_QUARANTINED = declare("safety.bank.quarantined", "A hash bank or one of its entries was set aside.")
BANK_RELEASED = declare("safety.bank.released", "A hash bank acts again.")
RELEASED = declare("safety.hold.released", "A legal hold was released.")

outbox.subscribe(DECIDED, "safety.tell_people")
