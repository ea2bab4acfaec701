"""Behaviour of house."""
