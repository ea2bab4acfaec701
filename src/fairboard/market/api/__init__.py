"""The market's API."""
