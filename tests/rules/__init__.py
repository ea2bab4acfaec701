"""Behaviour of rules."""
