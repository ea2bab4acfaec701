"""Ages and prices in a text."""

import re
from decimal import InvalidOperation

from fairboard.fields.number import read_number
from fairboard.screening.model import Found, Span
from fairboard.screening.text import Plain

# A figure is looked for first, then what stands around it: most texts have few.
_DIGIT = re.compile(r"\d")
_SHORT = re.compile(r"(?<![\w.])\d{1,2}(?!\d)")
_YEARS_AFTER = re.compile(
    r"\s{0,2}[- ]?\s{0,2}(?:years?\s{0,2}[- ]?\s{0,2}old|yrs?\s{0,2}[- ]?\s{0,2}old|y\.?\s?/?o\b|jahre?\s{1,3}alt"
    r"|jahrige[rns]?\b|ans\b|anos\b|anni\b|л[еe][тt]\b|歳|岁)"
)
_AGE_BEFORE = re.compile(r"\b(?:aged?|alter|edad|eta|idade)\s{0,2}:?\s{0,2}$")
_SAID_BEFORE = re.compile(r"(?<!\w)(?:i'?m|i am|she is|he is|she's|he's|ich bin|tengo|j'ai|ho|tenho)\s{1,2}$")
_SAID_AFTER = re.compile(r"\s{0,2}(?:[.,;!?](?!\d)|$|(?:and|und|years|yo|jahre)\b)")
_CURRENCY = re.compile(r"[$€£¥₹]|(?:usd|eur|gbp|chf|dollar|pound)")
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
    for figure in _SHORT.finditer(plain.text):
        start, end = _age(plain.text, figure.start(), figure.end())
        if start < end:
            start, end = plain.span(start, end)
            found.append(Found(str(int(figure[0])), original[start:end], Span(name, start, end), "years"))
    return found


def _age(text: str, start: int, end: int) -> tuple[int, int]:
    """From where to where an age is told with the figure at this place; nothing when it is none."""
    if after := _YEARS_AFTER.match(text, end):
        return start, after.end()
    if text[end : end + 1].isalpha() or text[end : end + 1] in {".", "_"}:
        return (start, end) if text[end : end + 2] in {".", ". "} and _before(text, start, _SAID_BEFORE) else (0, 0)
    if before := _before(text, start, _AGE_BEFORE):
        return before.start(), end
    said = _before(text, start, _SAID_BEFORE) if end - start == 2 and text[start] != "0" else None
    return (said.start(), end) if said and _SAID_AFTER.match(text, end) else (0, 0)


def _before(text: str, start: int, pattern: re.Pattern[str]) -> re.Match[str] | None:
    return pattern.search(text, max(0, start - 14), start)


def prices(name: str, original: str, plain: Plain) -> list[Found]:
    """Amounts with a currency, as plain decimal numbers: ``1250.50``."""
    found: list[Found] = []
    if not _DIGIT.search(plain.text) or not _CURRENCY.search(plain.text):
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
