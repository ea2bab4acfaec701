"""Behaviour of safety."""
