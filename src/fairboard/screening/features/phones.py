"""Telephone numbers in any disguise: words for digits, letters for digits, keycaps, odd separators.

A run of digit-like pieces is read as digits; `phonenumbers` says whether they are a number. Precision
comes from what a run may hold and from words that say what a number is (an ISBN, an order).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice, pairwise

import phonenumbers

from fairboard.screening.model import Contact, Span
from fairboard.screening.text import Plain, strange_digits

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
_SPOKEN = re.compile(r"(?<![^\W_])(?:dot|dash|point|then|space|hyphen|minus|tiret|punkt|punto|guion|ponto)(?![^\W_])")
LETTERS = str.maketrans({"o": "0", "q": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8", "g": "9"})
_LOOKS_LIKE_DIGITS = frozenset("oqilzsbg")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_TOUCHING = re.compile(r"\d[oqilzsbg]|[oqilzsbg]\d")
_MIXED = re.compile(r"(?<![^\W_])(?=[oqilzsbg]*\d)(?=\d*[oqilzsbg])[\doqilzsbg]+(?![^\W_])")
_SEPARATORS = frozenset(" \n\r\t\u00a0.-–—_/()*+,•|~:;'\"\u00b7#=<>[]{}^&")
_NOT_PHONE = re.compile(
    r"(isbn|issn|vin|order|part|serial|sku|ean|upc|ref|reference|item|model|article|artikel|no|nr|id|chassis|"
    r"barcode|tracking|invoice|version|lot|batch|gps|iban|blz|vat|zip|plz)\W*(?:number|no|nr|code)?\W*$"
)
_CUE = re.compile(
    r"(call|text|phone|tel|whatsapp|whats app|sms|mobile|cell|ring|reach|contact|number|dial|viber|"
    r"ruf|anruf|handy|llama|telefono|movil|appel|liga|chiama|signal|telegram)"
    r"\W*(?:me|us|at|on|is|now|an|auf)?\W*$"
)
_CURRENCY_BEFORE = re.compile(r"[$€£]\s?$")
_UNIT_AFTER = re.compile(r"\s?(?:[$€£%]|usd|eur|km|miles|sqm|sq|m2|mm|cm|kg|gb)")
_THOUSANDS = re.compile(r"\d{1,3}(?:[,.'\u00a0 ]\d{3})+(?:[.,]\d{2})?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*")
FEWEST, MOST = 7, 15
MOST_FOUND = 50
"""How many numbers of one field are listed; a text with more is judged no differently."""
STRETCH = 45
"""How many pieces of a run are read together: three numbers of single digits."""
WIDEST = 15
"""How many characters may lie between two pieces of one number."""
HEAD = 200
"""How much of a body is looked at for the rest of a number begun in the title."""
_TRUNK = {"DE", "GB", "FR", "NL", "CH", "AT", "SE", "FI", "IE", "BE", "AU", "NZ", "ZA", "JP", "KE", "NG", "IN"}
_LETTER_DIGITS = re.compile(r"[oil]{1,3}|[oilsz]{3,4}")
# Numbers kept for fiction are no subscriber's, so the library calls them invalid; here they count as numbers.
_FICTION = re.compile(r"\+44(?:7700900\d{3}|1632960\d{3})")
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


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before a piece: a word that says what the figure is, a plus, a currency."""

    is_barred: bool
    is_named: bool
    has_plus: bool
    is_amount: bool


def find(name: str, original: str, plain: Plain, country: str) -> list[Contact]:
    """The telephone numbers of one field, at most `MOST_FOUND`."""
    text = plain.text
    if not _may_hold_a_number(text):
        return []
    numbers = (one for run in _runs(text) for one in _numbers(text, run, country))
    return [_contact(name, original, plain, *one) for one in islice(numbers, MOST_FOUND)]


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


def _may_hold_a_number(text: str) -> bool:
    """Whether enough pieces that may be digits follow each other, which in most texts is not so."""
    total = 0
    for weight in map(_weight, _TOKEN.findall(text)):
        total = total + weight if weight >= 0 else 0
        if total >= FEWEST:
            return True
    return False


@lru_cache(maxsize=20_000)
def _weight(piece: str) -> int:
    """How many digits a piece can stand for at most; -1 when it ends a number."""
    if piece.isdigit():
        return len(piece)
    if piece in DIGIT_WORDS:
        return max(TIMES.values())
    if piece in GLUE or piece in TIMES:
        return 0
    return len(piece) if _LOOKS_LIKE_DIGITS.issuperset(piece) else -1


def _may_end_in_digits(text: str) -> bool:
    found = _LAST.search(text, max(0, len(text) - 24))
    return found is not None and (found[0] in DIGIT_WORDS or found[0].isdigit() or len(found[0]) <= 3)


def _may_begin_with_digits(text: str) -> bool:
    found = _FIRST.match(text)
    return found is not None and (found[1] in DIGIT_WORDS or found[1].isdigit() or len(found[1]) <= 3)


def _runs(text: str) -> Iterator[list[_Item]]:
    """Runs of digit-like pieces with nothing but separators between them."""
    mixed = {found.start(): found for found in _MIXED.finditer(text)} if _TOUCHING.search(text) else {}
    run: list[_Item] = []
    times, end = 1, 0
    for found in _TOKEN.finditer(text):
        start = found.start()
        if start < end:
            continue  # inside a piece of digits and letters that was read whole
        if run and (start - run[-1].end > WIDEST or not _is_gap(text[end:start])):
            yield run
            run, times = [], 1
        piece = found[0]
        item, end = _item(piece, start, mixed.get(start), times, bool(run))
        if item is not None:
            run.append(item)
            times = 1
        elif piece in TIMES:
            times = TIMES[piece]
        elif run and piece not in GLUE:
            yield run
            run, times = [], 1
    if run:
        yield run


def _item(piece: str, start: int, mixed: re.Match[str] | None, times: int, in_run: bool) -> tuple[_Item | None, int]:
    """What a piece of text stands for as digits, if it does, and where what was read ends."""
    end = start + len(piece)
    if mixed is not None:
        return _Item(mixed[0].translate(LETTERS), start, mixed.end(), True), mixed.end()
    if piece.isdigit():
        return _Item(piece, start, end, False), end
    if piece in DIGIT_WORDS:
        return _Item(DIGIT_WORDS[piece] * times, start, end, True), end
    if in_run and _LETTER_DIGITS.fullmatch(piece):
        return _Item(piece.translate(LETTERS), start, end, True), end
    return None, end


def _is_gap(between: str) -> bool:
    return between in {"", " ", "-", "."} or (_SEPARATORS.issuperset(between) and "\n\n" not in between)


def _numbers(text: str, run: list[_Item], country: str) -> Iterator[tuple[list[_Item], str]]:
    """The telephone numbers a run holds, each with the pieces it is made of.

    Among overlapping readings the longest wins. A long run is read a stretch at a time, so that a page
    full of digits costs no more than its length.
    """
    at = 0
    while at < len(run):
        stretch = run[at : at + STRETCH]
        if sum(len(item.digits) for item in stretch) < FEWEST:
            return
        found = _longest(text, stretch, country)
        if found is None:
            at += STRETCH - MOST
            continue
        start, size, value = found
        if start:
            yield from _numbers(text, stretch[:start], country)
        yield stretch[start : start + size], value
        at += start + size


def _longest(text: str, stretch: list[_Item], country: str) -> tuple[int, int, str] | None:
    """Where in a stretch the longest telephone number begins, how many pieces it has, and its value."""
    sums = [0, *accumulate(len(item.digits) for item in stretch)]
    leads = [_lead(text, item.start) for item in stretch]
    for size in range(min(len(stretch), MOST), 0, -1):
        for at in range(len(stretch) - size + 1):
            lead = leads[at]
            if lead.is_barred or not FEWEST <= sums[at + size] - sums[at] <= MOST:
                continue
            part = stretch[at : at + size]
            digits = "".join(item.digits for item in part)
            if not _is_like_a_phone(text, part, digits, country, lead):
                continue
            value = _valid(f"+{digits}" if lead.has_plus else digits, country)
            if value:
                return at, size, value
    return None


def _lead(text: str, start: int) -> _Lead:
    """What the text before a piece says about a number that begins with it."""
    before = text[max(0, start - 28) : start]
    return _Lead(
        is_barred=bool(_NOT_PHONE.search(before)),
        is_named=bool(_CUE.search(before)),
        has_plus=before.rstrip("( ").endswith("+"),
        is_amount=bool(_CURRENCY_BEFORE.search(before)),
    )


def _contact(name: str, original: str, plain: Plain, part: list[_Item], value: str) -> Contact:
    start = part[0].start
    if start and plain.text[start - 1] == "+":
        start -= 1
    span = Span(name, *plain.span(start, part[-1].end))
    return Contact("phone", value, "", (span,), _disguise(original, span, plain.text, part))


def _disguise(original: str, span: Span, text: str, part: list[_Item]) -> float:
    """How much a number was written so as not to be found, 0 to 1."""
    count = sum(len(item.digits) for item in part)
    words = sum(len(item.digits) for item in part if item.odd) / count
    single = sum(len(item.digits) == 1 for item in part) / len(part)
    spread = 0.6 if len(part) > 5 and single > 0.7 else 0.0
    # Nobody writes letters for digits, or digits and words for digits in one number, by accident.
    forged = any(item.odd and text[item.start : item.end] not in DIGIT_WORDS for item in part)
    mixed = sum(item.odd for item in part) > 1 and not all(item.odd for item in part)
    between = "".join(text[one.end : two.start] for one, two in pairwise(part))
    spoken = _SPOKEN.search(between) is not None
    strange = strange_digits(original, span.start, span.end) / count
    return min(1.0, max(words, spread, 0.7 if forged or mixed or spoken else 0.0, strange))


def _is_like_a_phone(text: str, part: list[_Item], digits: str, country: str, lead: _Lead) -> bool:
    if len(digits) == 13 and digits.startswith(("978", "979")):  # an ISBN
        return False
    if lead.is_named or lead.has_plus or digits.startswith("00"):
        return True
    raw = text[part[0].start : part[-1].end]
    if lead.is_amount or _UNIT_AFTER.match(text, part[-1].end) or _DATE.fullmatch(raw):
        return False
    if country != "FR" and _THOUSANDS.fullmatch(raw):
        return False
    odd = any(item.odd for item in part)
    if country in _BARE:
        shaped = [len(item.digits) for item in part] in ([3, 3, 4], [1, 3, 3, 4], [10], [3, 7], [6, 4])
        return len(digits) in {10, 11} and (shaped or odd or len(part) >= 7)
    if odd:
        return True
    return (
        digits.startswith("0")
        and (country in _TRUNK or country == "IT")
        and len(digits) >= 9
        and (len(part) > 1 or len(digits) >= 10)
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
