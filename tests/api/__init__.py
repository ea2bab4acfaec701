"""Behaviour of api."""
