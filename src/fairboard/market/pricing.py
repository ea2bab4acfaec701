"""The price as a field: filtered in major units (120 means 120 dollars), kept in minor ones."""

from collections.abc import Sequence
from decimal import Decimal

from fairboard.fields import FieldSpec, field_type
from fairboard.kit import money

PRICE = FieldSpec(key="price", label="Price", type="number", searchable=True, minimum=Decimal(0), decimals=2)


def price_terms(minor: int, currency: str) -> Sequence[str]:
    """The index terms of a price, for ranges."""
    return field_type("number").index_terms("price", money.to_major(minor, currency), PRICE)
