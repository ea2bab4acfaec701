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
ORDER_RECEIVED = declare("safety.order.received", "An authority's order or request was entered.")
ORDER_STEP = declare(
    "safety.order.step", "An order was verified, carried out, answered, refused, withdrawn or renewed."
)
DISCLOSURE_MADE = declare("safety.disclosure.made", "A package was made for an order; its hashes are in the event.")
DISCLOSURE_OPENED = declare("safety.disclosure.opened", "Somebody looked into a package made for an order.")
DISCLOSURE_HANDED = declare("safety.disclosure.handed", "A package was handed over to an authority.")
TAKEDOWN_RECEIVED = declare("safety.takedown.received", "Somebody asked to take down an intimate image.")
TAKEDOWN_DECIDED = declare("safety.takedown.decided", "A request to take down an intimate image was decided.")
TAKEDOWN_SLOWED = declare("safety.takedown.slowed", "Somebody whose requests were never valid was slowed down.")
TRADER_STEP = declare("safety.trader.step", "A trader was asked, gave details, was verified, refused, suspended or so.")
RISK_ADOPTED = declare("safety.risk.adopted", "A version of a risk assessment was adopted.")
SAMPLES_DRAWN = declare("safety.samples.drawn", "Live things were drawn at random, to be judged blind.")
SAMPLE_JUDGED = declare("safety.sample.judged", "Somebody judged a sample.")

outbox.subscribe(DECIDED, "safety.tell_people")
outbox.subscribe(ORDER_RECEIVED, "safety.write_to_authority")
outbox.subscribe(ORDER_STEP, "safety.write_to_authority")
outbox.subscribe(TAKEDOWN_RECEIVED, "safety.tell_requester")
outbox.subscribe(TAKEDOWN_DECIDED, "safety.tell_requester")
outbox.subscribe(TRADER_STEP, "safety.tell_trader")
