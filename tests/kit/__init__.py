"""Behaviour of kit."""
