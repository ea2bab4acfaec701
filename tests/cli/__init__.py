"""Behaviour of cli."""
