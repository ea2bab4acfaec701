"""The kinds of event of decisions, appeals, reporters and trusted flaggers."""

from fairboard.ledger import outbox
from fairboard.ledger.kinds import declare

CARRIED_OUT = declare("safety.decision.carried_out", "A decision that had waited was carried out.")
REOPENED = declare("safety.case.reopened", "A decision was undone and its case is open again.")
WARNED = declare("safety.member.warned", "A member was warned that more refusals lead to a suspension.")
APPEALED = declare("safety.appeal.filed", "Somebody appealed against a decision.")
APPEAL_DECIDED = declare("safety.appeal.decided", "An appeal was decided by somebody else.")
REPEATED = declare("safety.notice.repeated", "Somebody sent the same report again.")
REPORTER_WARNED = declare("safety.reporter.warned", "A reporter was warned that their reports do not hold.")
REPORTER_MUTED = declare("safety.reporter.muted", "The processing of a reporter's reports was suspended.")
REPORTER_HEARD = declare("safety.reporter.heard", "The suspension of a reporter was ended early.")
FLAGGER_ADDED = declare("safety.flagger.added", "An organisation was entered as a trusted flagger.")
FLAGGER_CHANGED = declare("safety.flagger.changed", "The entry of a trusted flagger changed.")

outbox.subscribe(CARRIED_OUT, "safety.tell_people")
outbox.subscribe(WARNED, "safety.tell_warned")
outbox.subscribe(APPEALED, "safety.tell_appellant")
outbox.subscribe(APPEAL_DECIDED, "safety.tell_appellant")
outbox.subscribe(REPORTER_WARNED, "safety.tell_reporter")
outbox.subscribe(REPORTER_MUTED, "safety.tell_reporter")
