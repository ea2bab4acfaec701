"""Behaviour of talk."""
