"""Behaviour of market."""
