"""Reading conversations: a participant's own, and what the desk and the relay are told."""
