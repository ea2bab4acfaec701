"""Measures, each in a file of its own; `fairboard bench NAME` runs them. Never part of the tests' verdict."""
