"""The kind of event the demo writes."""

from fairboard.ledger.kinds import declare

SEEDED = declare("demo.market.seeded", "The demo market was filled.")
