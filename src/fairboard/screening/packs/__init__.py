"""Versioned policy packs, as YAML an operator can read, edit and test."""
