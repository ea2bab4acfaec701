"""Behaviour of ledger."""
