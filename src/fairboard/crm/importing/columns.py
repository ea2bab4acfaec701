"""Columns of a file made values as records keep them: a whole column at a time, each distinct cell read once.

The result is that of `fields` for every cell. Where that reading is slow and its outcome plain, a short way is taken;
tests compare the two on arbitrary cells.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import phonenumbers

from fairboard.fields import FieldError, FieldSpec, field_type
from fairboard.fields.text import LONGEST

MOST_KEPT = 100_000
"""Distinct cells of a column that are remembered from one chunk to the next."""


class Bad:
    """A cell that cannot be used, and why: a message to be translated, and what is filled into it."""

    __slots__ = ("message", "values")

    def __init__(self, message: str, values: Mapping[str, object]) -> None:
        self.message, self.values = message, values

    def __reduce__(self) -> tuple[Any, ...]:
        return (Bad, (self.message, dict(self.values)))


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What a column becomes. ``place`` is its position in the file.

    ``kind``: value, relation (the cells are kept as texts, to be looked up), owner. ``words`` are values under
    other names, folded; ``fallback`` are positions of columns that stand in for an empty cell.
    """

    place: int
    heading: str
    key: str
    spec: FieldSpec
    kind: str = "value"
    is_many: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    fallback: tuple[int, ...] = ()
    transform: str = ""


Reader = Callable[[Any], Any]


def value_of(raw: Any, spec: FieldSpec) -> Any:
    """One value as JSON keeps it, None for an empty one; raises FieldError. The long way, which says what is right."""
    if raw is None or (isinstance(raw, str) and not raw.strip()) or (isinstance(raw, list | tuple) and not raw):
        return None
    kind = field_type(spec.type)
    value = kind.parse(raw, spec)
    return None if value in ("", ()) else kind.to_json(value)


def reader_of(plan: ColumnPlan) -> Reader:
    """A function from a cell to a value, None, or `Bad`."""
    if plan.kind != "value":
        return _link_text(plan)
    spec, words = plan.spec, plan.words

    def slow(raw: Any) -> Any:
        try:
            return value_of(raw, spec)
        except FieldError as error:
            return Bad(error.message, error.values)

    def with_words(raw: Any) -> Any:
        known = words.get(" ".join(str(raw).split()).casefold()) if raw is not None else None
        return slow(raw if known is None else known)

    if words:
        return with_words
    quick = _QUICK.get(spec.type)
    return quick(spec, slow) if quick else slow


def _link_text(plan: ColumnPlan) -> Reader:
    long_id = salesforce_id if plan.transform == "salesforce_id" else str

    def read(raw: Any) -> Any:
        text = " ".join(str(raw if raw is not None else "").split())
        if not text:
            return None
        if not plan.is_many:
            return long_id(text.split(";")[0].strip()) if plan.transform == "first" else long_id(text)
        return [long_id(part.strip()) for part in text.split(";") if part.strip()] or None

    return read


def salesforce_id(text: str) -> str:
    """An 18-character id of a 15-character one: three letters say which letters are capitals."""
    if len(text) != 15 or not text.isalnum() or not text.isascii():
        return text
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    groups = (text[at : at + 5] for at in (0, 5, 10))
    return text + "".join(
        letters[sum(1 << place for place, one in enumerate(group) if "A" <= one <= "Z")] for group in groups
    )


_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?\Z")
_MAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+\Z")
_WHOLE = re.compile(r"(?:0|[1-9][0-9]{0,13})\Z")
_PHONE = re.compile(r"\+[1-9][0-9]*(?:[ \-.]?[0-9]+)*\Z")
_NOT_DIGITS = str.maketrans("", "", "+ -.")


def _text(spec: FieldSpec, slow: Reader) -> Reader:
    longest, plain = spec.max_length, _PLAIN.match

    def read(raw: Any) -> Any:
        if raw.__class__ is str and plain(raw) and len(raw) <= longest and "  " not in raw:
            return raw
        return slow(raw)

    return read


def _long_text(spec: FieldSpec, slow: Reader) -> Reader:
    """Several lines keep their spaces: only the ends are tidied."""
    plain = _PLAIN.match

    def read(raw: Any) -> Any:
        return raw if raw.__class__ is str and plain(raw) and len(raw) <= LONGEST else slow(raw)

    return read


def _email(spec: FieldSpec, slow: Reader) -> Reader:
    longest, is_mail = spec.max_length, _MAIL.match

    def read(raw: Any) -> Any:
        if raw.__class__ is str and len(raw) <= longest and is_mail(raw):
            return raw
        return slow(raw)

    return read


def _number(spec: FieldSpec, slow: Reader) -> Reader:
    low, high, whole = spec.minimum, spec.maximum, _WHOLE.match

    def read(raw: Any) -> Any:
        if raw.__class__ is str and whole(raw):
            value = int(raw)
            if (low is None or value >= low) and (high is None or value <= high):
                return value
        return slow(raw)

    return read


def _phone(spec: FieldSpec, slow: Reader) -> Reader:
    """Numbers in international form whose rules come to a check of the length; the library reads the others."""
    looks_right, longest, unspaced = _PHONE.match, spec.max_length, _NOT_DIGITS
    countries: dict[str, tuple[Any, frozenset[int]] | None] = {}

    def country(digits: str) -> tuple[str, Any, frozenset[int]] | None:
        for size in (1, 2, 3):
            code = digits[:size]
            if code not in countries:
                countries[code] = _rules(code)
            rules = countries[code]
            if rules is not None:
                return code, *rules
        return None

    def read(raw: Any) -> Any:
        if raw.__class__ is str and len(raw) <= longest and looks_right(raw):
            digits = raw.translate(unspaced)
            found = country(digits)
            if found is not None:
                code, prefix, sizes = found
                national = digits[len(code) :]
                if len(national) in sizes and national[0] != "0" and not prefix(national):
                    return f"+{digits}"
        return slow(raw)

    return read


def _rules(code: str) -> tuple[Any, frozenset[int]] | None:
    """For a calling code: what a national prefix begins like, and how many digits a possible number has."""
    if int(code) not in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        return None
    region = phonenumbers.region_code_for_country_code(int(code))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    sizes = frozenset(
        size
        for size in range(4, 16)
        if phonenumbers.is_possible_number(
            phonenumbers.PhoneNumber(country_code=int(code), national_number=int("2" * size))
        )
    )
    pattern = metadata.national_prefix_for_parsing if metadata is not None else None
    begins = re.compile(f"(?:{pattern})").match if pattern else _never
    return begins, sizes


def _never(_text: str) -> None:
    return None


_QUICK: dict[str, Callable[[FieldSpec, Reader], Reader]] = {
    "text": _text, "longtext": _long_text, "email": _email, "number": _number, "money": _number, "phone": _phone,
}  # fmt: skip


class Column:
    """A column being read, with what it remembers of its cells."""

    def __init__(self, plan: ColumnPlan) -> None:
        self.plan, self.read = plan, reader_of(plan)
        self.known: dict[str, Any] = {}
        self.is_varied = False

    def values(self, cells: Sequence[Any]) -> tuple[list[Any], bool]:
        """The values of a part of the column, and whether any of them is `Bad`."""
        read = self.read
        if self.is_varied or set(map(type, cells)) != {str}:
            found = [read(cell) for cell in cells]
            return found, Bad in set(map(type, found))
        distinct = set(cells)
        if len(distinct) > 100 and len(distinct) > len(cells) // 2:
            self.is_varied = True
            return self.values(cells)
        known = self.known
        if len(known) > MOST_KEPT:
            known.clear()
        for one in distinct - known.keys():
            known[one] = read(one)
        return [known[cell] for cell in cells], any(known[one].__class__ is Bad for one in distinct)


def with_country(spec: FieldSpec, country: str) -> FieldSpec:
    """A phone field whose numbers without a country code are dialled from a country."""
    return replace(spec, unit=country) if spec.type == "phone" and country and not spec.unit else spec
