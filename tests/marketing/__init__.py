"""Behaviour of the marketing room."""
