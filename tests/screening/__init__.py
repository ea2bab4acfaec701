"""Behaviour of screening."""
