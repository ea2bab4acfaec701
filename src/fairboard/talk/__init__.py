"""Conversations between members, in the site and by relay mail."""
