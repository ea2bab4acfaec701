"""Every write of the talk room: one function an act, one transaction, one event."""
