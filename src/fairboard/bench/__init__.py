"""Benchmarks: `fairboard bench NAME`."""
