"""Behaviour of Fairboard on real parts."""
