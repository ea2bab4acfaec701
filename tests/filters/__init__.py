"""Behaviour of filters."""
