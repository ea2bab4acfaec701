"""Verification, reputation and the person check: what a member may know of a stranger."""
