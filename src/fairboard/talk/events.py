"""The kinds of event the talk room writes. None carries what was written."""

from fairboard.ledger import outbox
from fairboard.ledger.kinds import declare

STARTED = declare("talk.conversation.started", "Somebody answered an ad for the first time.")
SENT = declare("talk.message.sent", "A message reached the other side.")
STOPPED = declare("talk.message.stopped", "A message was held or refused and did not reach the other side.")
HIDDEN = declare("talk.message.hidden", "A message was hidden after a decision.")

outbox.subscribe(SENT, "talk.forward")
