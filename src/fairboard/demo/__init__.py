"""A lively demo market, seeded."""
