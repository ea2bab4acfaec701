"""Behaviour of ui."""
