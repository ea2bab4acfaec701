"""Behaviour of web."""
