"""Batch work over columnar data: networks of linked ads, reports. Imports no Django."""
