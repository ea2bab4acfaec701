"""Telephone numbers in any disguise: words for digits, letters for digits, keycaps, odd separators.

A run of digit-like pieces is read as digits; `phonenumbers` says whether they are a number. Precision
comes from what a run may hold (`plausible`) and from words that say what a number is (`codes`).
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, islice, pairwise

import phonenumbers

from fairboard.screening.features import digits as reading
from fairboard.screening.features.digits import FEWEST, SPOKEN, Item
from fairboard.screening.features.plausible import Lead, is_like_a_phone, is_written_so, lead_of, may_be_of
from fairboard.screening.model import Contact, Span
from fairboard.screening.text import Plain, squeezed, strange_digits

MOST = 15
MOST_FOUND = 50
"""How many numbers of one field are listed; a text with more is judged no differently."""
STRETCH = 45
"""How many pieces of a run are read together: three numbers of single digits."""
HEAD = 200
"""How much of a body is looked at for the rest of a number begun in the title."""
_ENCLOSED = frozenset("[]{}<>^=")
_APART = re.compile(r"(?<!\w)[^\W\d_](?:([ .\-_*~|/])[^\W\d_])(?:\1[^\W\d_])*(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_HARD = re.compile(r"[,;\n]")
# Numbers kept for fiction are no subscriber's, so the library calls them invalid; here they count as numbers.
_FICTION = re.compile(r"\+44(?:7700900\d{3}|1632960\d{3})|\+3363998\d{4}|\+1[2-9]\d\d55501\d\d")
_LAST = re.compile(r"(?:\d|[^\W\d_]+)(?=\W{0,3}$)")
_FIRST = re.compile(r"\W{0,12}(\d|[^\W\d_]+)")
_INSIDE = re.compile(r"(?<!\d)[2-9]\d\d(?!\d)")


def find(name: str, original: str, plain: Plain, country: str) -> list[Contact]:
    """The telephone numbers of one field, at most `MOST_FOUND`."""
    found = list(islice(_found(name, original, plain, country), MOST_FOUND))
    if reading.has_letters_apart(plain.text) and (apart := squeezed(plain, _APART, 2)) is not plain:
        taken = [span for one in found for span in one.spans]
        found += [one for one in islice(_found(name, original, apart, country), MOST_FOUND)
                  if not any(span.start < other.end and other.start < span.end
                             for span in one.spans for other in taken)]  # fmt: skip
    return found


def _found(name: str, original: str, plain: Plain, country: str) -> Iterator[Contact]:
    if not reading.may_hold_a_number(plain.text):
        return
    written = reading.cased(original, plain)
    for run in reading.runs(plain.text, written):
        read = reading.combined(plain.text, run)
        numbers = list(_numbers(plain.text, read, country))
        if not numbers and (other := reading.combined(plain.text, run, with_hundreds=False)) != read:
            numbers = list(_numbers(plain.text, other, country))
        for part, value in numbers:
            yield _contact(name, original, plain, part, value)


def find_split(title: Plain, body: Plain, country: str) -> list[Contact]:
    """A number begun at the end of the title and ended at the beginning of the body."""
    if not _may_end_in_digits(title.text) or not _may_begin_with_digits(body.text):
        return []
    first = [reading.combined(title.text, one) for one in reading.runs(title.text, title.text)]
    second = [reading.combined(body.text, one) for one in reading.runs(body.text[:HEAD], body.text[:HEAD])]
    if not first or not second:
        return []
    head, tail = first[-1], second[0]
    if len(title.text) - head[-1].end > 3 or tail[0].start > 12:
        return []
    for begin in range(len(head)):
        for stop in range(len(tail), 0, -1):
            digits = "".join(item.digits for item in (*head[begin:], *tail[:stop]))
            if not FEWEST < len(digits) <= 13 or not may_be_of(digits, country):
                continue
            value = _valid(digits, country)
            if value is not None and sum(len(item.digits) for item in head[begin:]) >= 2:
                spans = (
                    Span("title", *title.span(head[begin].start, head[-1].end)),
                    Span("body", *body.span(tail[0].start, tail[stop - 1].end)),
                )
                return [Contact("phone", value, digits, spans, 0.8)]
    return []


def _may_end_in_digits(text: str) -> bool:
    found = _LAST.search(text, max(0, len(text) - 24))
    return found is not None and (found[0].isdigit() or reading.WEIGHTS[found[0]] > 0 or len(found[0]) <= 3)


def _may_begin_with_digits(text: str) -> bool:
    found = _FIRST.match(text)
    return found is not None and (found[1].isdigit() or reading.WEIGHTS[found[1]] > 0 or len(found[1]) <= 3)


def _numbers(text: str, run: list[Item], country: str) -> Iterator[tuple[list[Item], str]]:
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


def _longest(text: str, stretch: list[Item], country: str) -> tuple[int, int, str] | None:
    """Where in a stretch the longest telephone number begins, how many pieces it has, and its value.

    Parts that a comma or a new line sets off from the others are taken in only when nothing else is a number.
    """
    sums = [0, *accumulate(len(item.digits) for item in stretch)]
    leads = _leads(text, stretch)
    gaps = [text[one.end : two.start] for one, two in pairwise(stretch)]
    hard = [0, *accumulate(int(_HARD.search(gap) is not None) for gap in gaps)]
    for is_even in (True, False):
        for size in range(min(len(stretch), MOST), 0, -1):
            for at in range(len(stretch) - size + 1):
                count = sums[at + size] - sums[at]
                if not FEWEST <= count <= MOST or leads[at].is_barred:
                    continue
                breaks = hard[at + size - 1] - hard[at]
                if is_even is not (breaks in {0, size - 1}):
                    continue
                value = _value(text, stretch[at : at + size], leads[at], country)
                if value and not _is_cut_out(gaps, stretch, at, size, leads[at], value, country):
                    return at, size, value
    return None


def _is_cut_out(gaps: list[str], stretch: list[Item], at: int, size: int, lead: Lead, value: str, country: str) -> bool:
    """Whether plain figures nothing speaks for are a part of a longer row of figures of the same kind."""
    part = stretch[at : at + size]
    if lead.is_named or lead.has_plus or any(item.is_odd for item in part) or is_written_so(part, value, country):
        return False
    inner = set(gaps[at : at + size - 1]) or {"-", "/", "."}
    beside = {*gaps[max(0, at - 1) : at], *gaps[at + size - 1 : at + size]}
    return not inner.isdisjoint(beside)


def _value(text: str, part: list[Item], lead: Lead, country: str) -> str | None:
    digits = "".join(item.digits for item in part)
    if not lead.has_plus and not may_be_of(digits, country):
        return None
    value = _valid(f"+{digits}" if lead.has_plus else digits, country)
    return value if value and is_like_a_phone(text, part, digits, value, country, lead) else None


def _leads(text: str, stretch: list[Item]) -> list[Lead]:
    """What stands before each piece; what bars a piece bars those tied to it by a dash or a stroke too."""
    leads = [lead_of(text, item) for item in stretch]
    for at, (one, two) in enumerate(pairwise(stretch), start=1):
        if leads[at - 1].is_barred and text[one.end : two.start] in {"-", "/", " ", "."}:
            leads[at] = leads[at].barred()
    return leads


def _contact(name: str, original: str, plain: Plain, part: list[Item], value: str) -> Contact:
    start = part[0].start
    if start and plain.text[start - 1] == "+":
        start -= 1
    span = Span(name, *plain.span(start, part[-1].end))
    return Contact("phone", value, "", (span,), _disguise(original, span, plain.text, part))


def _disguise(original: str, span: Span, text: str, part: list[Item]) -> float:
    """How much a number was written so as not to be found, 0 to 1."""
    count = sum(len(item.digits) for item in part)
    words = sum(len(item.digits) for item in part if item.is_odd) / count
    single = sum(len(item.digits) == 1 for item in part) / len(part)
    spread = 0.6 if len(part) > 5 and single > 0.7 else 0.0
    # Nobody writes letters for digits, or digits and words for digits in one number, by accident.
    forged = any(item.kind == "letters" for item in part)
    mixed = sum(item.is_odd for item in part) > 1 and not all(item.is_odd for item in part)
    gaps = [text[one.end : two.start] for one, two in pairwise(part)]
    between = "".join(gaps)
    spoken = any(word in SPOKEN for word in _WORD.findall(between)) or not _ENCLOSED.isdisjoint(between)
    priced = any(mark in between for mark in ("$", "€", "£")) or sum(":" in gap for gap in gaps) > 1
    strange = strange_digits(original, span.start, span.end) / count
    return min(1.0, max(words, spread, 0.7 if forged or mixed or spoken or priced else 0.0, strange))


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
