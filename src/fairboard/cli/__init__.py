"""The `fairboard` command."""
