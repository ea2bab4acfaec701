"""Fairboard: a classified-advertising marketplace with a safety core."""
