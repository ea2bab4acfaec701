"""Money: an amount in major units; the currency belongs to the record."""

from dataclasses import replace
from decimal import Decimal

from fairboard.fields.base import FieldSpec
from fairboard.fields.number import Number


class Money(Number):
    """An amount such as 1250.00."""

    name = "money"

    def parse(self, raw: object, spec: FieldSpec) -> Decimal:
        """The amount with two decimals; raises FieldError."""
        return round(super().parse(raw, _with_cents(spec)), 2)

    def format(self, value: Decimal, spec: FieldSpec) -> str:
        """The amount with thousands separated, cents only where there are some."""
        text = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
        return f"{text} {spec.unit}".strip()


def _with_cents(spec: FieldSpec) -> FieldSpec:
    return replace(spec, decimals=2)
