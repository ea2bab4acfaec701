"""Writing the CRM: one keyword-only function an act, one transaction, one event."""
