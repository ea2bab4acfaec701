"""Amounts are whole minor units (cents) with a currency; this turns them into what people read."""

from decimal import Decimal

SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "JPY": "¥", "INR": "₹",
    "BRL": "R$", "MXN": "MX$", "PLN": "zł", "CHF": "CHF", "SEK": "kr", "NOK": "kr", "DKK": "kr", "ZAR": "R",
    "NGN": "₦", "KES": "KSh",
}  # fmt: skip
AFTER = {"PLN", "SEK", "NOK", "DKK"}
NO_MINOR = {"JPY"}


def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217)."""
    return 0 if currency in NO_MINOR else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """Whole minor units of an amount written in major ones."""
    return int((amount * 10 ** exponent(currency)).to_integral_value())


def to_major(minor: int, currency: str) -> Decimal:
    """The amount in major units."""
    return Decimal(minor).scaleb(-exponent(currency))


def text(minor: int, currency: str) -> str:
    """What people read: ``$1,250``, ``€9.50``, ``1,200 kr``; cents only where there are some."""
    amount = to_major(minor, currency)
    digits = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    symbol = SYMBOLS.get(currency, currency)
    if currency in AFTER:
        return f"{digits} {symbol}"
    return (
        f"{symbol}{digits}"
        if not symbol.isalpha() or symbol.endswith("$") or len(symbol) == 1
        else f"{symbol} {digits}"
    )
