"""Telephone numbers in any disguise: words for digits, letters for digits, keycaps, odd separators.

A run of digit-like pieces is read as digits; `phonenumbers` says whether they are a number. Precision
comes from what a run may hold and from words that say what a number is (an ISBN, an order).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
_ENCLOSED = frozenset("[]{}<>^=")
_SPOKEN = re.compile(r"(?<![^\W_])(?:dot|dash|point|then|space|hyphen|minus|tiret|punkt|punto|guion|ponto)(?![^\W_])")
LETTERS = str.maketrans({"o": "0", "q": "0", "i": "1", "l": "1", "z": "2", "s": "5", "b": "8", "g": "9"})
_LOOKS_LIKE_DIGITS = frozenset("oqilzsbg")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_TOUCHING = re.compile(r"\d[oqilzsbg]|[oqilzsbg]\d")
_MIXED = re.compile(r"(?<![^\W_])(?=[oqilzsbg]*\d)(?=\d*[oqilzsbg])[\doqilzsbg]+(?![^\W_])")
_SEPARATORS = frozenset(" \n\r\t\u00a0.-–—_/()*+,•|~:;'\"\u00b7#=<>[]{}^&")
_NOT_PHONE = re.compile(
    r"(?<![^\W_])(isbn|issn|imei|vin|order|part|serial|sku|ean|upc|ref|reference|item|model|article|artikel|no|nr|id|chassis|"
    r"barcode|tracking|invoice|version|lot|batch|gps|iban|blz|vat|zip|plz)\W*(?:number|no|nr|code)?\W*$"
)
_CUE = re.compile(
    r"(call|text|phone|tel|whatsapp|whats app|sms|mobile|cell|ring|reach|contact|number|dial|viber|"
    r"ruf|anruf|handy|llama|telefono|movil|appel|liga|chiama|signal|telegram)"
    r"\W*(?:me|us|at|on|is|now|an|auf)?\W*$"
)
# Codes whose inner groups may look like a number: nothing in them is one.
_CODE = re.compile(
    r"(?=\d)(?:(?<=[a-z]{2})(?<![^\W_][a-z]{2})\d{2}(?: ?\d{4}){3,7}(?: ?\d{1,3})?(?![^\W_])"  # an IBAN
    r"|\d{1,3}\.\d{4,}\s?[,;/]\s?-?\d{1,3}\.\d{4,}"  # coordinates
    r"|(?:(?:[01]?\d|2[0-3]):[0-5]\d(?:\s?(?:,|and|und|-|–)\s?|\Z)){3,}(?:[01]?\d|2[0-3]):[0-5]\d)"  # a timetable
)
_VIN = re.compile(r"(?<![^\W_])(?=[a-z]*\d)(?=\d*[a-z])[a-hj-npr-z0-9]{17}(?![^\W_])")
_ISBN = re.compile(r"isbn\W{0,3}((?:97[89][ -]?)?(?:\d[ -]?){9}[\dx])")
_INTERNATIONAL = re.compile(r"(?:wa\.me/|[?&]phone=|whatsapp://send\?phone=)$")
_CURRENCY_BEFORE = re.compile(r"[$€£]\s?$")
_UNIT_AFTER = re.compile(r"\s?(?:[$€£%]|usd|eur|km|miles|sqm|sq|m2|mm|cm|kg|gb)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[,.'\u00a0 ]\d{3})+(?:[.,]\d{2})?")
_DATE = re.compile(r"(?:1[5-9]|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}.*|[0-3]?\d[-/.][0-3]?\d[-/.](?:1[5-9]|20)\d\d.*")
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
_JOINT = re.compile(r"[-–_.*~/|#=]")
_ANY_LETTERS = re.compile(r"[oilszbgq]{1,4}")
_NO_LETTERS = re.compile(r"(?!)")
# Numbers kept for fiction are no subscriber's, so the library calls them invalid; here they count as numbers.
_FICTION = re.compile(r"\+44(?:7700900\d{3}|1632960\d{3})|\+3363998\d{4}")
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
    codes = {found.start(): found.end() for found in _CODE.finditer(text)}
    codes |= {found.start(1): found.end() for found in _ISBN.finditer(text)}
    codes |= {found.start(): found.end() for found in _VIN.finditer(text)}
    run: list[_Item] = []
    times, end = 1, 0
    for found in _TOKEN.finditer(text):
        start = found.start()
        if start < end:
            continue  # inside a code, or a piece of digits and letters that was read whole
        if start in codes:
            if run:
                yield run
            run, times, end = [], 1, codes[start]
            continue
        if run and (start - run[-1].end > WIDEST or not _is_gap(text[end:start])):
            yield run
            run, times = [], 1
        piece = found[0]
        item, end = _item(piece, start, mixed.get(start), times, _hold(text, start, end, bool(run)))
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


def _hold(text: str, start: int, end: int, in_run: bool) -> re.Pattern[str]:
    """What a piece of letters must be to be read as digits: the closer it sits to digits, the less."""
    if in_run and _JOINT.fullmatch(text, end, start):
        return _ANY_LETTERS
    return _LETTER_DIGITS if in_run else _NO_LETTERS


def _item(
    piece: str, start: int, mixed: re.Match[str] | None, times: int, letters: re.Pattern[str]
) -> tuple[_Item | None, int]:
    """What a piece of text stands for as digits, if it does, and where what was read ends."""
    end = start + len(piece)
    if mixed is not None:
        return _Item(mixed[0].translate(LETTERS), start, mixed.end(), True), mixed.end()
    if piece.isdigit():
        return _Item(piece, start, end, False), end
    if piece in DIGIT_WORDS:
        return _Item(DIGIT_WORDS[piece] * times, start, end, True), end
    if letters.fullmatch(piece):
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
    leads = _leads(text, stretch)
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


def _leads(text: str, stretch: list[_Item]) -> list[_Lead]:
    """What stands before each piece; what bars a piece bars those tied to it by a dash or a stroke too."""
    leads = [_lead(text, item.start) for item in stretch]
    for at, (one, two) in enumerate(pairwise(stretch), start=1):
        if leads[at - 1].is_barred and text[one.end : two.start] in {"-", "/"}:
            leads[at] = replace(leads[at], is_barred=True)
    return leads


def _lead(text: str, start: int) -> _Lead:
    """What the text before a piece says about a number that begins with it."""
    before = text[max(0, start - 28) : start]
    return _Lead(
        is_barred=bool(_NOT_PHONE.search(before)),
        is_named=bool(_CUE.search(before)),
        has_plus=before.rstrip("( ").endswith("+") or _INTERNATIONAL.search(before) is not None,
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
    spoken = _SPOKEN.search(between) is not None or not _ENCLOSED.isdisjoint(between)
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
        return len(digits) in {10, 11} and (odd or len(part) >= 7 or _is_grouped_like_one(text, part))
    if odd:
        return len(digits) >= 9
    return (
        digits.startswith("0")
        and (country in _TRUNK or country == "IT")
        and len(digits) >= 9
        and (len(part) > 1 or len(digits) >= 10)
    )


def _is_grouped_like_one(text: str, part: list[_Item]) -> bool:
    """Whether ten or eleven digits of North America are grouped as a number, not as a list of figures."""
    groups = [item.digits for item in part]
    if [len(group) for group in groups] in ([3, 3, 4], [1, 3, 3, 4], [10], [3, 7], [6, 4]):
        return True
    between = {text[one.end : two.start] for one, two in pairwise(part)}
    if len(between) != 1 or "," in (gap := between.pop()) or "\n" in gap:
        return False
    figures, same = [int(group) for group in groups], len(set(map(len, groups))) == 1
    if any(_YEAR.fullmatch(group) for group in groups):
        return False
    if (same or not gap.strip()) and figures in (sorted(figures), sorted(figures, reverse=True)):
        return False  # sizes, amounts
    if gap.strip() not in {"", "."} or any(group.startswith("0") for group in groups[1:]):
        return True  # only numbers are set apart by ornaments, and nobody writes a figure with a zero in front
    return gap != "." and 3 <= len(groups) <= 4 and not same and min(map(len, groups)) > 1


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
