"""Ages and prices in a text."""

import re

from fairboard.screening.model import Found, Span
from fairboard.screening.text import Plain

_DIGIT = re.compile(r"\d")
_AGE = re.compile(
    r"(?<![\w.])(\d{1,2})\s{0,2}[- ]?\s{0,2}"
    r"(?:years?\s{0,2}[- ]?\s{0,2}old|yrs?\s{0,2}[- ]?\s{0,2}old|y/?o\b|jahre?\s{1,3}alt|ans\b|anos\b|años\b|anni\b)"
    r"|\baged?\s{0,2}:?\s{0,2}(\d{1,2})(?![\w.])"
)
_PRICE = re.compile(
    r"([$€£¥₹])\s?(\d[\d.,' ]{0,12}\d|\d)"
    r"|(?<![\w.])(\d[\d.,']{0,12}\d|\d)\s?(usd|eur|gbp|chf|euros?|dollars?|pounds?|[$€£])(?!\w)"
)
_UNITS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "usd": "USD", "eur": "EUR", "gbp": "GBP",
          "chf": "CHF", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP",
          "pounds": "GBP"}  # fmt: skip


def ages(name: str, original: str, plain: Plain) -> list[Found]:
    """Ages that are claimed, in years."""
    found: list[Found] = []
    if not _DIGIT.search(plain.text):
        return found
    for match in _AGE.finditer(plain.text):
        start, end = plain.span(match.start(), match.end())
        found.append(Found(match[1] or match[2], original[start:end], Span(name, start, end), "years"))
    return found


def prices(name: str, original: str, plain: Plain) -> list[Found]:
    """Amounts with a currency."""
    found: list[Found] = []
    if not _DIGIT.search(plain.text):
        return found
    for match in _PRICE.finditer(plain.text):
        start, end = plain.span(match.start(), match.end())
        unit = _UNITS[match[1] or match[4]]
        amount = (match[2] or match[3]).strip(" .,'")
        found.append(Found(amount, original[start:end], Span(name, start, end), unit))
    return found
