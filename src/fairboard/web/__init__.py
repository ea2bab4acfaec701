"""Home, information pages, error pages, health. Nothing imports it."""
