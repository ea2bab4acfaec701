"""Behaviour of fields."""
