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
EVIDENCE_KEPT = declare("safety.evidence.kept", "What was known of a submission was sealed.", permission="desk.child")
EVIDENCE_SEEN = declare("safety.evidence.seen", "Somebody looked at evidence.", permission="desk.child")
EVIDENCE_DISPOSED = declare(
    "safety.evidence.disposed",
    "Evidence was deleted at the end of its term: its certificate.",
    permission="desk.child",
)
EVIDENCE_OWED = declare("safety.evidence.failed", "Evidence that is due could not be kept.", permission="desk.child")
REPORT_DRAFTED = declare(
    "safety.report.drafted", "A report to the CyberTipline was begun or changed.", permission="desk.child"
)
REPORT_APPROVED = declare("safety.report.approved", "A person approved a report.", permission="desk.child")
REPORT_ATTEMPTED = declare(
    "safety.report.attempted", "Sending a report went a step on, or had to begin anew.", permission="desk.child"
)
REPORT_FINISHED = declare("safety.report.finished", "A report was delivered and is final.", permission="desk.child")
REPORT_ENDED = declare(
    "safety.report.ended", "A report was discarded, retracted or only checked.", permission="desk.child"
)
REPORT_UNDELIVERED = declare("safety.report.undelivered", "A report could not be delivered.", permission="desk.child")

outbox.subscribe(DECIDED, "safety.keep_evidence_of")
outbox.subscribe(REPORT_UNDELIVERED, "safety.raise_report_alarm")
outbox.subscribe(DECIDED, "safety.tell_people")
