"""Telephone numbers in any disguise: words for digits, letters for digits, keycaps, odd separators.

A run of digit-like pieces is read as digits; `phonenumbers` says whether they are a number. Precision
comes from what a run may hold and from words that say what a number is (an ISBN, an order).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from fairboard.screening.model import Contact, Span
from fairboard.screening.text import Plain

_WORDS = {
    "0": "zero oh null cero sero nul nula zéro ноль",
    "1": "one eins ein uno un une um uma один",
    "2": "two zwei zwo dos deux dois duas due два",
    "3": "three drei tres trois tre три",
    "4": "four vier cuatro quatre quatro quattro четыре",
    "5": "five funf fuenf cinco cinq cinque пять",
    "6": "six sechs seis sei шесть",
    "7": "seven sieben siete sept sete sette семь",
    "8": "eight acht ocho huit oito otto восемь",
    "9": "nine neun nueve neuf nove девять",
}
DIGIT_WORDS = {word: digit for digit, words in _WORDS.items() for word in words.split()}
TIMES = {"double": 2, "triple": 3, "doppel": 2, "doble": 2}
GLUE = {"dot", "dash", "point", "and", "then", "space", "hyphen", "minus", "plus", "tiret", "punkt", "punto", "guion",
        "ponto", "y", "und", "et", "e", "e2", "area", "code"}  # fmt: skip
LETTERS = str.maketrans({"o": "0", "q": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8", "g": "9"})
_PIECE = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_|\s+")
_MIXED = re.compile(r"(?<![^\W_])(?=[oqilzsbg]*\d)(?=\d*[oqilzsbg])[\doqilzsbg]+(?![^\W_])")
_SEPARATORS = set(" .-–—_/()*+,•|~:;'\"\u00b7#=<>[]{}^&")
_NOT_PHONE = re.compile(
    r"(isbn|issn|vin|order|part|serial|sku|ean|upc|ref|reference|item|model|article|artikel|no|nr|id|chassis|"
    r"barcode|tracking|invoice|version|lot|batch|gps|iban|blz|vat|zip|plz)\W*(?:number|no|nr|code)?\W*$"
)
_CUE = re.compile(
    r"(call|text|phone|tel|whatsapp|whats app|sms|mobile|cell|ring|reach|contact|number|dial|viber|"
    r"ruf|anruf|handy|llama|telefono|movil|appel|liga|chiama|signal|telegram)"
    r"\W*(?:me|us|at|on|is|now|an|auf)?\W*$"
)
FEWEST, MOST = 7, 15
HEAD = 200
"""How much of a body is looked at for the rest of a number begun in the title."""
_TRUNK = {"DE", "GB", "FR", "NL", "CH", "AT", "SE", "FI", "IE", "BE", "AU", "NZ", "ZA", "JP", "KE", "NG", "IN"}
_LETTER_DIGITS = re.compile(r"[oil]{1,3}|[oilsz]{3,4}")
# Numbers kept for fiction are no subscriber's, so the library calls them invalid; here they count as numbers.
_FICTION = re.compile(r"\+44(?:7700900\d{3}|1632960\d{3})")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_LAST = re.compile(r"(?:\d|[^\W\d_]+)(?=\W{0,3}$)")
_FIRST = re.compile(r"\W{0,12}(\d|[^\W\d_]+)")
_BARE = {"US", "CA"}


@dataclass(frozen=True, slots=True)
class _Item:
    """A piece that stands for digits; ``odd`` when it was not written as plain digits."""

    digits: str
    start: int
    end: int
    odd: bool


def find(name: str, plain: Plain, country: str) -> list[Contact]:
    """The telephone numbers of one field."""
    text = plain.text
    if len(_DIGIT.findall(text)) < FEWEST and not _has_words(text):
        return []
    found = []
    for run in _runs(text):
        contact = _number(name, plain, run, country)
        if contact:
            found.append(contact)
    return found


def find_split(title: Plain, body: Plain, country: str) -> list[Contact]:
    """A number begun at the end of the title and ended at the beginning of the body."""
    if not _may_end_in_digits(title.text) or not _may_begin_with_digits(body.text):
        return []
    first, second = list(_runs(title.text)), list(_runs(body.text[:HEAD]))
    if not first or not second:
        return []
    head, tail = first[-1], second[0]
    near = len(title.text) - head[-1].end <= 3 and tail[0].start <= 12
    digits = "".join(item.digits for item in (*head, *tail))
    if not near or not 3 <= len("".join(item.digits for item in head)) <= 8 or len(digits) > 12:
        return []
    value = _valid(digits, country)
    if value is None:
        return []
    spans = (
        Span("title", *title.span(head[0].start, head[-1].end)),
        Span("body", *body.span(tail[0].start, tail[-1].end)),
    )
    return [Contact("phone", value, digits, spans, 0.8)]


def _has_words(text: str) -> bool:
    return sum(map(DIGIT_WORDS.__contains__, _LETTERS.findall(text))) >= 4


def _may_end_in_digits(text: str) -> bool:
    found = _LAST.search(text, max(0, len(text) - 24))
    return found is not None and (found[0] in DIGIT_WORDS or found[0].isdigit() or len(found[0]) <= 3)


def _may_begin_with_digits(text: str) -> bool:
    found = _FIRST.match(text)
    return found is not None and (found[1] in DIGIT_WORDS or found[1].isdigit() or len(found[1]) <= 3)


def _runs(text: str) -> Iterator[list[_Item]]:
    """Runs of digit-like pieces with nothing but separators between them."""
    mixed = {found.start(): found for found in _MIXED.finditer(text)}
    run: list[_Item] = []
    times, skip = 1, 0
    for found in _PIECE.finditer(text):
        if found.start() < skip:
            continue
        piece = found[0]
        item = None
        if found.start() in mixed:
            whole = mixed[found.start()]
            item, skip = _Item(whole[0].translate(LETTERS), whole.start(), whole.end(), True), whole.end()
        elif piece.isdigit():
            item = _Item(piece, found.start(), found.end(), False)
        elif piece in DIGIT_WORDS:
            item = _Item(DIGIT_WORDS[piece] * times, found.start(), found.end(), True)
        elif run and _LETTER_DIGITS.fullmatch(piece) and not text[found.start() - 1].isalpha():
            item = _Item(piece.translate(LETTERS), found.start(), found.end(), True)
        if item is not None:
            run.append(item)
            times = 1
        elif piece in TIMES:
            times = TIMES[piece]
        elif (piece.isspace() and "\n\n" not in piece) or (piece in GLUE and run) or set(piece) <= _SEPARATORS:
            if run and found.start() - run[-1].end > 14:
                yield run
                run = []
        else:
            if run:
                yield run
            run, times = [], 1
    if run:
        yield run


def _number(name: str, plain: Plain, run: list[_Item], country: str) -> Contact | None:
    """The longest telephone number a run holds, if it holds one."""
    total = sum(len(item.digits) for item in run)
    if total < FEWEST:
        return None
    text = plain.text
    for size in range(len(run), 0, -1):
        for at in range(len(run) - size + 1):
            part = run[at : at + size]
            digits = "".join(item.digits for item in part)
            if not FEWEST <= len(digits) <= MOST:
                continue
            if not _is_like_a_phone(text, part, digits, country):
                continue
            plus = "+" if text[: part[0].start].rstrip("( ").endswith("+") else ""
            value = _valid(plus + digits, country)
            if value:
                start = part[0].start - (1 if plus and text[part[0].start - 1] == "+" else 0)
                span = Span(name, *plain.span(start, part[-1].end))
                odd = sum(len(item.digits) for item in part if item.odd) / len(digits)
                single = sum(len(item.digits) == 1 for item in part) / len(part)
                spread = 0.6 if len(part) > 5 and single > 0.7 else 0.0
                return Contact("phone", value, "", (span,), min(1.0, max(odd, spread)))
    return None


def _is_like_a_phone(text: str, part: list[_Item], digits: str, country: str) -> bool:
    before = text[max(0, part[0].start - 28) : part[0].start]
    raw = text[part[0].start : part[-1].end]
    odd = any(item.odd for item in part)
    if _NOT_PHONE.search(before) or (len(digits) == 13 and digits[:3] in {"978", "979"}):
        return False
    cue = bool(_CUE.search(before))
    plus = before.rstrip("( ").endswith("+") or digits.startswith("00")
    if cue or plus:
        return True
    if re.search(r"[$€£]\s?$", before) or re.match(
        r"\s?(?:[$€£%]|usd|eur|km|miles|sqm|sq|m2|mm|cm|kg|gb)", text[part[-1].end :]
    ):
        return False
    if re.fullmatch(r"\d{1,3}(?:[,.'\u00a0 ]\d{3})+(?:[.,]\d{2})?", raw) and country != "FR":
        return False
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*", raw):
        return False
    groups = len(part)
    if country in _BARE:
        shaped = [len(item.digits) for item in part] in ([3, 3, 4], [1, 3, 3, 4], [10], [3, 7], [6, 4])
        return len(digits) in {10, 11} and (shaped or odd or groups >= 7)
    if odd:
        return True
    return (
        digits.startswith("0")
        and (country in _TRUNK or country == "IT")
        and len(digits) >= 9
        and (groups > 1 or len(digits) >= 10)
    )


@lru_cache(maxsize=20_000)
def _valid(digits: str, country: str) -> str | None:
    """E.164 of digits that are a telephone number of some country, None otherwise."""
    text = f"+{digits[2:]}" if digits.startswith("00") else digits
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return value if phonenumbers.is_valid_number(number) or _FICTION.fullmatch(value) else None
