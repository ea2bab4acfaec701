"""Money: whole minor units inside, what people read outside."""

from decimal import Decimal

import pytest

from fairboard.kit import money


@pytest.mark.parametrize(
    ("minor", "currency", "read"),
    [
        (125_000, "USD", "$1,250"), (950, "EUR", "€9.50"), (120_000, "SEK", "1,200 kr"), (12_000, "JPY", "¥12,000"),
        (5, "GBP", "£0.05"), (100, "CHF", "CHF 1"), (100, "CAD", "CA$1"), (100, "KES", "KSh 1"), (100, "ZAR", "R1"),
        (0, "EUR", "€0"),
    ],
)  # fmt: skip
def test_an_amount_reads_as_people_write_it(minor: int, currency: str, read: str) -> None:
    assert money.text(minor, currency) == read


@pytest.mark.parametrize("currency", money.SYMBOLS)
@pytest.mark.parametrize("amount", ["0", "1", "12000", "9999999"])
def test_an_amount_comes_back_as_it_went_in(currency: str, amount: str) -> None:
    assert money.to_major(money.to_minor(Decimal(amount), currency), currency) == Decimal(amount)


def test_a_currency_without_cents_has_none() -> None:
    assert money.to_minor(Decimal("12000"), "JPY") == 12_000
    assert money.to_minor(Decimal("12.34"), "EUR") == 1_234
