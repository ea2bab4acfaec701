"""Segments, campaigns and journeys, consent and suppression."""
