"""What is known of members as a part of the gate."""

from fairboard.safety import members_gate, parts

parts.register(members_gate.PART)
