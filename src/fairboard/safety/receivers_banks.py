"""Hash banks as a part of the gate."""

from fairboard.safety import bank_gate, parts

parts.register(bank_gate.PART)
