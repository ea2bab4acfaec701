"""Telephone numbers in any disguise: words for digits, letters for digits, keycaps, odd separators.

A run of digit-like pieces is read as digits; `phonenumbers` says whether they are a number. Precision
comes from what a run may hold (`plausible`) and from words that say what a number is (`codes`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise

import phonenumbers

from fairboard.screening.features import codes
from fairboard.screening.features import digits as reading
from fairboard.screening.features.digits import FEWEST, SPOKEN, Item
from fairboard.screening.features.plausible import (
    BARE,
    Lead,
    is_like_a_phone,
    is_local,
    is_spelled_out,
    is_whole,
    is_written_so,
    lead_of,
    may_be_of,
)
from fairboard.screening.model import Contact, Span
from fairboard.screening.text import Plain, squeezed, strange_digits

MOST = 15
MOST_FOUND = 50
"""How many numbers of one field are listed; a text with more is judged no differently."""
MOST_LOOKED_UP = 1_200
"""How many groups of digits of one field are looked up; after that only those that a word calls a number."""
STRETCH = 45
"""How many pieces of a run are read together: three numbers of single digits."""
HEAD = 200
"""How much of a body is looked at for the rest of a number begun in the title."""
_ENCLOSED = frozenset("[]{}<>^=")
_APART = re.compile(r"(?<!\w)[^\W\d_](?:([ .\-_*~|/])[^\W\d_])(?:\1[^\W\d_])*(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_PLUS = re.compile(r"[+=/]|(?<![^\W_])plus ")
_HARD = re.compile(r"[,;\n]")
# Numbers kept for fiction are no subscriber's, so the library calls them invalid; here they count as numbers.
_FICTION = re.compile(r"\+44(?:7700900\d{3}|1632960\d{3})|\+3363998\d{4}|\+1[2-9]\d\d55501\d\d")
_LAST = re.compile(r"(?:\d|[^\W\d_]++)(?=\W{0,3}$)")
_FIRST = re.compile(r"\W{0,12}(\d|[^\W\d_]+)")


@dataclass(slots=True)
class _Budget:
    """How many groups of digits may still be looked up, and whether any word calls one of them a number."""

    left: int
    text: str
    _has_cue: bool | None = None

    @property
    def has_cue(self) -> bool:
        """Whether a word of the text may call a figure a number; looked for once."""
        if self._has_cue is None:
            self._has_cue = codes.has_cue(self.text)
        return self._has_cue


def find(name: str, original: str, plain: Plain, country: str) -> list[Contact]:
    """The telephone numbers of one field, at most `MOST_FOUND`."""
    if not reading.may_hold_a_number(plain.text):
        return []
    found = list(islice(_found(name, original, plain, country), MOST_FOUND))
    if reading.has_letters_apart(plain.text) and (apart := squeezed(plain, _APART, 2)) is not plain:
        taken = [span for one in found for span in one.spans]
        found += [one for one in islice(_found(name, original, apart, country), MOST_FOUND)
                  if not any(span.start < other.end and other.start < span.end
                             for span in one.spans for other in taken)]  # fmt: skip
    return found


def _found(name: str, original: str, plain: Plain, country: str) -> Iterator[Contact]:
    budget = _Budget(MOST_LOOKED_UP, plain.text)
    written = reading.cased(original, plain)
    for run in reading.runs(plain.text, written):
        read = reading.combined(plain.text, run)
        numbers = list(_numbers(plain.text, read, country, budget))
        if not numbers and (other := reading.combined(plain.text, run, with_hundreds=False)) != read:
            numbers = list(_numbers(plain.text, other, country, budget))
        for part, value in numbers:
            yield _contact(name, original, plain, part, value)


def find_split(title: Plain, body: Plain, country: str) -> list[Contact]:
    """A number begun at the end of the title and ended at the beginning of the body."""
    if not _may_end_in_digits(title.text) or not _may_begin_with_digits(body.text):
        return []
    first = [reading.combined(title.text, one) for one in reading.runs(title.text, title.text)]
    if not first or len(title.text) - first[-1][-1].end > 3:
        return []
    opening = next(reading.runs(body.text[:HEAD], body.text[:HEAD]), None)
    if opening is None:
        return []
    head, tail = first[-1], reading.combined(body.text, opening)
    if tail[0].start > 12:
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
    return found is not None and (found[0].isdigit() or reading.may_be_digits(found[0]) or len(found[0]) <= 3)


def _may_begin_with_digits(text: str) -> bool:
    found = _FIRST.match(text)
    return found is not None and (found[1].isdigit() or reading.may_be_digits(found[1]) or len(found[1]) <= 3)


def _numbers(text: str, run: list[Item], country: str, budget: "_Budget") -> Iterator[tuple[list[Item], str]]:
    """The telephone numbers a run holds, each with the pieces it is made of.

    Among overlapping readings the longest wins. A long run is read a stretch at a time, so that a page
    full of digits costs no more than its length.
    """
    at = 0
    while at < len(run):
        stretch = run[at : at + STRETCH]
        if sum(len(item.digits) for item in stretch) < FEWEST:
            return
        found = _longest(text, stretch, country, budget)
        if found is None:
            at += STRETCH - MOST
            continue
        start, size, value = found
        if start:
            yield from _numbers(text, stretch[:start], country, budget)
        yield stretch[start : start + size], value
        at += start + size


def _longest(text: str, items: list[Item], country: str, budget: "_Budget") -> tuple[int, int, str] | None:
    """Where in a stretch the longest telephone number begins, how many pieces it has, and its value.

    Parts that a comma or a new line sets off from the others are taken in only when nothing else is a number.
    """
    stretch = _Stretch(text, items, country, budget)
    sums, hard = stretch.sums, stretch.hard
    for is_even in (True, False):
        for size in range(min(len(items), MOST), 0, -1):
            for at in range(len(items) - size + 1):
                if not FEWEST <= sums[at + size] - sums[at] <= MOST:
                    continue
                breaks = hard[at + size - 1] - hard[at]
                if is_even is (breaks == 0 or breaks == size - 1) and (value := stretch.number(at, size)):
                    return at, size, value
        if not hard[-1]:
            return None
    return None


class _Stretch:
    """Pieces that are read together, with what is looked up for many of their parts."""

    def __init__(self, text: str, items: list[Item], country: str, budget: "_Budget") -> None:
        self._budget = budget
        self._text, self._items, self._country = text, items, country
        self._digits = "".join([item.digits for item in items])
        self._gaps = [text[one.end : two.start] for one, two in pairwise(items)]
        self.sums = [0, *accumulate(len(item.digits) for item in items)]
        self.hard = [0, *accumulate(int(_HARD.search(gap) is not None) for gap in self._gaps)]
        self._has_plus = _PLUS.search(text, max(0, items[0].start - 28), items[-1].start) is not None

    @cached_property
    def _leads(self) -> list[Lead]:
        """What stands before each piece; what bars a piece bars those tied to it too."""
        leads = [lead_of(self._text, item) for item in self._items]
        for at, gap in enumerate(self._gaps, start=1):
            if leads[at - 1].is_barred and gap in {"-", "/", " ", "."}:
                leads[at] = leads[at].barred()
        return leads

    def number(self, at: int, size: int) -> str | None:
        """The number that so many pieces from one on are meant as, if they are."""
        digits = self._digits[self.sums[at] : self.sums[at + size]]
        if len(digits) == FEWEST and self._country in BARE:
            return self._local(digits, at, size)
        if not self._is_worth_it(digits, at, size):
            return None
        has_plus = self._has_plus and self._leads[at].has_plus
        value = _valid(f"+{digits}" if has_plus else digits, self._country)
        if value is None or (lead := self._leads[at]).is_barred:
            return None
        part = self._items[at : at + size]
        if not is_like_a_phone(self._text, part, digits, value, self._country, lead):
            return None
        return None if self._is_cut_out(part, at, lead, value) else value

    def _local(self, digits: str, at: int, size: int) -> str | None:
        """Seven digits that stand for themselves, as the number they are in its area."""
        last = at + size - 1
        alone = last + 1 == len(self._items) or _HARD.search(self._gaps[last]) is not None
        if not alone or not self._budget.has_cue:
            return None
        if not is_local(self._text, self._items[at : at + size], digits, self._country) or self._leads[at].is_barred:
            return None
        return f"{digits};phone-context=+1"

    def _is_worth_it(self, digits: str, at: int, size: int) -> bool:
        """Whether digits may be a number by their beginning and what stands around; looking it up is dear."""
        if self._has_plus and self._leads[at].has_plus:
            return True
        if not may_be_of(digits, self._country):
            return False
        part = self._items[at : at + size]
        is_whole_one = digits.startswith("00") or is_whole(digits, self._country) or is_spelled_out(part)
        if is_whole_one and self._budget.left > 0:
            self._budget.left -= 1
            return True
        if not self._budget.has_cue:
            return False
        return self._leads[at].is_named or (not is_whole_one and codes.is_named_after(self._text, part[-1].end))

    def _is_cut_out(self, part: list[Item], at: int, lead: Lead, value: str) -> bool:
        """Whether plain figures nothing speaks for are a part of a longer row of figures of the same kind."""
        if lead.is_named or lead.has_plus or any(item.is_odd for item in part):
            return False
        last = at + len(part) - 1
        inner = set(self._gaps[at:last]) or {"-", "/", "."}
        beside = {*self._gaps[max(0, at - 1) : at], *self._gaps[last : last + 1]}
        return not inner.isdisjoint(beside) and not is_written_so(part, value, self._country)


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
