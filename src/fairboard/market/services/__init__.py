"""Every write of the market: one function an act, one transaction, one event."""
