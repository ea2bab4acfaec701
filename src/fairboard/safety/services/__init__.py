"""Every write of the desk: one function an act, one transaction, one event."""
