"""Networks as a part of the gate, and what they hear of decisions."""

from fairboard.safety import networks, parts, signals

parts.register(networks.PART)
signals.decision_made.connect(networks.note_decision)
