"""Every write about members: one function an act, one transaction, one event."""
