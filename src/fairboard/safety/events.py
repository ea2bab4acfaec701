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
RELEASED = declare("safety.hold.released", "A legal hold was released.")

outbox.subscribe(DECIDED, "safety.tell_people")
outbox.subscribe(STANDING_CHANGED, "safety.tell_standing")
