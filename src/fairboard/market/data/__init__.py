"""Packaged reference data: places and categories."""
