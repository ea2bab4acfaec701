"""Ages and prices in a text."""

import re
from decimal import InvalidOperation

from fairboard.fields.number import read_number
from fairboard.screening.model import Found, Span
from fairboard.screening.text import Plain

_DIGIT = re.compile(r"\d")
_AGE = re.compile(
    r"(?<![\w.])(?P<before>\d{1,2})\s{0,2}[- ]?\s{0,2}"
    r"(?:years?\s{0,2}[- ]?\s{0,2}old|yrs?\s{0,2}[- ]?\s{0,2}old|y\.?\s?/?o\b|jahre?\s{1,3}alt|jahrige[rns]?\b"
    r"|ans\b|anos\b|anni\b|л[еe][тt]\b|歳|岁)"
    r"|\b(?:aged?|alter|edad|eta|idade)\s{0,2}:?\s{0,2}(?P<after>\d{1,2})(?![\w.])"
    r"|(?<!\w)(?:i'?m|i am|she is|he is|she's|he's|ich bin|tengo|j'ai|ho|tenho)\s{1,2}(?P<said>[1-9]\d)"
    r"(?=\s{0,2}(?:[.,;!?]|$|and\b|und\b|years\b|yo\b|jahre\b))(?!\.\d)"
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
        found.append(Found(str(int(match[match.lastgroup or 0])), original[start:end], Span(name, start, end), "years"))
    return found


def prices(name: str, original: str, plain: Plain) -> list[Found]:
    """Amounts with a currency, as plain decimal numbers: ``1250.50``."""
    found: list[Found] = []
    if not _DIGIT.search(plain.text):
        return found
    for match in _PRICE.finditer(plain.text):
        start, end = plain.span(match.start(), match.end())
        unit = _UNITS[match[1] or match[4]]
        try:
            amount = read_number((match[2] or match[3]).strip(" .,'"))
        except InvalidOperation:
            continue  # figures with so many points and commas are no amount
        found.append(Found(f"{amount:f}", original[start:end], Span(name, start, end), unit))
    return found
