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
DECIDED = declare("safety.decision.made", "A case was decided, or the gate refused something by itself.")
ALARM = declare(
    "safety.alarm.raised",
    "A part of the gate failed or was slow, so what it was asked about is held; or a policy pack is left out.",
)
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
ORDER_RECEIVED = declare("safety.order.received", "An authority's order or request was entered.")
ORDER_STEP = declare(
    "safety.order.step", "An order was verified, carried out, answered, refused, withdrawn, renewed or extended."
)
DISCLOSURE_MADE = declare("safety.disclosure.made", "A package was made for an order; its hashes are in the event.")
DISCLOSURE_OPENED = declare("safety.disclosure.opened", "Somebody looked into a package made for an order.")
DISCLOSURE_HANDED = declare("safety.disclosure.handed", "A package was handed over to an authority.")
TAKEDOWN_RECEIVED = declare("safety.takedown.received", "Somebody asked to take down an intimate image.")
TAKEDOWN_DECIDED = declare("safety.takedown.decided", "A request to take down an intimate image was decided.")
TAKEDOWN_SLOWED = declare("safety.takedown.slowed", "Somebody whose requests were never valid was slowed down.")
TRADER_STEP = declare("safety.trader.step", "A trader was asked, gave details, was verified, refused, suspended or so.")
RISK_ADOPTED = declare("safety.risk.adopted", "A version of a risk assessment was adopted.")
NETWORK_CASED = declare("safety.network.cased", "A case was opened about a network of linked ads.")
NETWORK_HELD = declare("safety.network.held", "The ads of a network came before the desk, its members on hold.")
RELINKED = declare("safety.networks.relinked", "Ties and networks were rebuilt from the submissions.")
SAMPLES_DRAWN = declare("safety.samples.drawn", "Live things were drawn at random, to be judged blind.")
SAMPLE_JUDGED = declare("safety.sample.judged", "Somebody judged a sample.")

outbox.subscribe(DECIDED, "safety.keep_evidence_of")
outbox.subscribe(REPORT_UNDELIVERED, "safety.raise_report_alarm")
outbox.subscribe(DECIDED, "safety.tell_people")
outbox.subscribe(ORDER_RECEIVED, "safety.write_to_authority")
outbox.subscribe(ORDER_STEP, "safety.write_to_authority")
outbox.subscribe(TAKEDOWN_RECEIVED, "safety.tell_requester")
outbox.subscribe(TAKEDOWN_DECIDED, "safety.tell_requester")
outbox.subscribe(TRADER_STEP, "safety.tell_trader")
outbox.subscribe(STANDING_CHANGED, "safety.tell_standing")
