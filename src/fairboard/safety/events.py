"""The kinds of event safety writes. None carries what was written, only ids, verdicts and rule names."""

from fairboard.ledger import outbox
from fairboard.ledger.kinds import declare

JUDGED = declare("safety.submission.judged", "The gate judged a submission.")
NOTICED = declare("safety.notice.filed", "Somebody reported something.")
CLAIMED = declare("safety.case.claimed", "A member of staff took a case.")
RELEASED_CASE = declare("safety.case.released", "A member of staff gave a case back.")
ESCALATED = declare("safety.case.escalated", "A case was moved to the queue for the safety of children.")
MOVED_BACK = declare("safety.case.moved_back", "A case was found not to concern a child and left that queue.")
PROPOSED = declare("safety.case.proposed", "The first of two people said how they would decide a case.")
CONTESTED = declare("safety.case.contested", "The second person would decide a case otherwise.")
PHOTOS_SHOWN = declare("safety.case.photos_shown", "A member of staff looked at a case's photos in the clear.")
KNOWN = declare("safety.case.known", "Somebody of the desk first had knowledge of what a child-safety case shows.")
COMFORT_CHANGED = declare("safety.comfort.changed", "Somebody of the desk changed how they are shown hard cases.")
DECIDED = declare("safety.decision.made", "A case was decided.")
ALARM = declare("safety.alarm.raised", "A part of the gate failed or was slow, so what it was asked about is held.")
STANDING_CHANGED = declare("safety.standing.changed", "The standing of a member changed.")
HELD = declare("safety.hold.placed", "Data was put out of reach of erasure.")
RULE_WRITTEN = declare("safety.rule.written", "A new version of a rule was written, as a draft.")
RULE_MOVED = declare("safety.rule.moved", "A rule was put to shadow, live, draft or retired.")
RULE_FAILED = declare("safety.rule.failed", "A rule broke while it ran, so it was left out.")
BACK_TEST_ASKED = declare("safety.backtest.asked", "A version of a rule is tried on what was judged before.")
BACK_TEST_ENDED = declare("safety.backtest.ended", "A back-test of a rule is done, was stopped or failed.")
RELEASED = declare("safety.hold.released", "A legal hold was released.")

outbox.subscribe(DECIDED, "safety.tell_people")
