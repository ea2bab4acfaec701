"""Whether digits that could be a telephone number are meant as one."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import phonenumbers

from fairboard.screening.features import codes
from fairboard.screening.features.digits import SPOKEN, Item

BARE = {"US", "CA"}
"""Countries whose numbers are written without a digit in front that says so."""
TRUNK = {"DE", "GB", "FR", "NL", "CH", "AT", "SE", "FI", "IE", "BE", "AU", "NZ", "ZA", "JP", "KE", "NG", "IN", "IT",
         "TR", "KR", "TH", "ID", "IL", "RO", "BG", "HR", "RS", "SK", "SI", "UA", "EG", "MA"}  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
_ASKS = frozenset({"call", "text", "texts", "spam"})
_FOLLOWS_A_LETTER = re.compile(r"[^\W\d_]$|(?<![^\W_])[^\W\d_][\s#]$")
_LETTER = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before a piece: a word that says what the figure is, a plus, a currency."""

    is_barred: bool
    is_named: bool
    has_plus: bool

    def barred(self) -> "Lead":
        """The same, barred."""
        return replace(self, is_barred=not self.is_named)


def lead_of(text: str, item: Item) -> Lead:
    """What the text around a piece says about a number that begins with it."""
    before = text[max(0, item.start - 28) : item.start]
    barred = codes.is_labelled(text, item.start, item.end)
    return Lead(
        is_barred=barred,
        is_named=not barred and codes.is_named(text, item.start),
        has_plus=before.rstrip("( ").endswith("+") or codes.INTERNATIONAL.search(before) is not None,
    )


def may_be_of(digits: str, country: str) -> bool:
    """A quick look whether digits can be a number dialled in a country at all."""
    if digits.startswith("00"):
        return len(digits) >= 10
    if country in BARE:
        return len(digits) == 10 or (len(digits) == 11 and digits[0] == "1")
    return len(digits) >= 7


def is_local(text: str, part: list[Item], digits: str, country: str) -> bool:
    """Whether seven digits are a number of North America without its area code, which a word asks one to call.

    Exchange codes begin with 2 to 9 and do not end in 11 (NANPA, Central Office Code Assignment Guidelines).
    """
    if country not in BARE or len(digits) != 7 or digits[0] in "01" or digits[1:3] == "11" or len(set(digits)) < 3:
        return False
    sizes, end = [len(item.digits) for item in part], part[-1].end
    if sizes not in ([7], [3, 4]) and not _is_single(part):
        return False
    if codes.has_unit(text, end) or codes.is_amount(text, part[0].start, end) or codes.is_labelled(text, end, end):
        return False
    raw = text[part[0].start : end]
    if digits in "01234567890" or _is_counting(part) or codes.THOUSANDS.fullmatch(raw) or codes.TIME.search(raw):
        return False
    return codes.is_asked_for(text, part[0].start)


def is_like_a_phone(text: str, part: list[Item], digits: str, value: str, country: str, lead: Lead) -> bool:
    """Whether pieces that read as a valid number are one, by how and where they are written."""
    if len(digits) == 13 and digits.startswith(("978", "979")):  # an ISBN
        return False
    end = part[-1].end
    if codes.is_labelled(text, end, end) and not lead.is_named:
        return False
    gaps = [text[one.end : two.start] for one, two in pairwise(part)]
    raw = text[part[0].start : end]
    zeros = any(item.digits[0] == "0" and len(item.digits) > 2 for item in part[1:])
    amounts = sum(codes.is_amount(text, item.start, item.end) for item in part)
    times = len(codes.TIME.findall(raw))
    if amounts and not (
        zeros
        or (_is_single(part) and amounts == len(part))
        or (lead.is_named and len(part) <= 4 and amounts < len(part) + 1 and len(digits) >= 10)
    ):
        return False
    if times > 1 and times * 2 >= len(part) - 1:
        return lead.is_named and not any(mark in gap for gap in gaps for mark in ",-–") and is_whole(digits, country)
    if lead.has_plus or (digits.startswith("00") and len(digits) >= 11):
        return True
    if _is_counting(part):
        return False
    named = lead.is_named or codes.is_named_after(text, end)
    if named:
        return is_whole(digits, country) or any(item.is_odd for item in part) or is_written_so(part, value, country)
    if codes.has_unit(text, end) or (codes.THOUSANDS.fullmatch(raw) and not _is_mobile(part, value, country)) or (
        not _is_single(part) and any(codes.has_unit(text, item.end) for item in part[:-1] if item.kind == "digits")
    ):  # fmt: skip
        return False
    return _is_unnamed_one(text, part, digits, value, country, gaps)


def _is_unnamed_one(text: str, part: list[Item], digits: str, value: str, country: str, gaps: list[str]) -> bool:
    """Whether digits nothing speaks for are a number by their own look."""
    odd = [item for item in part if item.is_odd]
    if _is_of_pairs(gaps) or digits in "01234567890" or any(item.value < 0 for item in odd):
        return False
    if odd:
        few = len(odd) == 1 and len(odd[0].digits) == 1 and odd[0].kind == "word" and "" not in gaps
        glued = sum(item.glued for item in part[1:])
        if glued > 2 and not _says_separators(gaps):
            return False
        if is_spelled_out(part) and _kind(value) == phonenumbers.PhoneNumberType.MOBILE:
            return True
        return is_whole(digits, country) and not (few and len(part) < 4)
    if _FOLLOWS_A_LETTER.search(text, max(0, part[0].start - 4), part[0].start) or codes.is_on_a_labelled_line(
        text, part[0].start
    ):
        return False
    if any(item.glued for item in part[1:]):
        return _says_separators(gaps) and is_whole(digits, country)
    if _is_single(part):
        return is_whole(digits, country)
    if country in BARE:
        return _is_grouped_like_one(part, gaps)
    if not is_whole(digits, country) or any("," in gap for gap in gaps) or _is_rising(part):
        return False
    if gaps == ["-"] and [len(item.digits) for item in part] == [5, 4]:  # a postal code
        return False
    if is_written_so(part, value, country):
        return True
    if digits[0] != "0":
        return False
    sizes = [len(item.digits) for item in part]
    if len(part) > 1 and sizes[0] == 1 and not all(size == 1 for size in sizes):
        return False
    return len(digits) >= 10 or len(part) > 1


def _is_of_pairs(gaps: list[str]) -> bool:
    """Whether the pieces stand in pairs: decimals, fractions, days and months, results."""
    first, second = set(gaps[0::2]), set(gaps[1::2])
    return len(gaps) > 3 and len(first) == len(second) == 1 and first != second


def _is_rising(part: list[Item]) -> bool:
    """Whether four or more groups of one length only rise or only fall."""
    groups = [item.digits for item in part]
    return len(groups) > 3 and len(set(map(len, groups))) == 1 and len(groups[0]) > 1 and (
        groups == sorted(groups) or groups == sorted(groups, reverse=True)
    )  # fmt: skip


def _says_separators(gaps: list[str]) -> bool:
    """Whether a word for a separator stands between the pieces."""
    return any(word in SPOKEN or word in _ASKS for gap in gaps for word in _LETTER.findall(gap))


def _is_single(part: list[Item]) -> bool:
    """Whether the digits stand alone, one by one."""
    return len(part) >= 7 and sum(len(item.digits) == 1 for item in part) >= 0.8 * len(part)


def is_spelled_out(part: list[Item]) -> bool:
    """Whether nine digits or more are said one by one: nobody says anything else so, with its leading zero or not."""
    return len(part) >= 9 and all(item.kind in {"word", "misspelt"} and len(item.digits) == 1 for item in part)


def is_whole(digits: str, country: str) -> bool:
    """Whether the digits are as many, and begin, as a number dialled in the country."""
    if country in BARE:
        return len(digits) in {10, 11}
    if country in TRUNK:
        return (digits[0] == "0" and len(digits) >= 9) or (country in {"IT", "IN"} and len(digits) >= 10)
    return len(digits) >= 8


def _is_counting(part: list[Item]) -> bool:
    """Whether the pieces count up or down: sizes, steps, "one two three"."""
    if len(part) < 4:
        return False
    figures = [int(item.digits) for item in part]
    steps = {two - one for one, two in pairwise(figures)}
    return len(steps) == 1 and steps != {0}


@lru_cache(maxsize=4_000)
def _forms(value: str) -> tuple[tuple[int, ...], ...]:
    """The groups of digits in which a number is usually printed in its country."""
    number = phonenumbers.parse(value)
    found = []
    for kind in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL):
        groups = tuple(map(len, re.findall(r"\d+", phonenumbers.format_number(number, kind))))
        found += [groups, groups[1:]]
    return tuple(found)


def is_written_so(part: list[Item], value: str, country: str) -> bool:
    """Whether the groups are those in which such a number is printed."""
    groups = tuple(len(item.digits) for item in part)
    if len(groups) == 1:
        return part[0].digits[0] == "0" and groups[0] >= 10
    return (
        sum(groups) >= 9
        and ((groups == (3, 3, 3) and country not in TRUNK) or groups in _forms(value))
        and (part[0].digits[0] == "0" or country not in TRUNK or country in {"IT", "IN"})
    )


@lru_cache(maxsize=4_000)
def _kind(value: str) -> int:
    return int(phonenumbers.number_type(phonenumbers.parse(value)))


def _is_mobile(part: list[Item], value: str, country: str) -> bool:
    """Whether it is a mobile number as printed, where numbers begin with no digit of their own."""
    return country not in BARE | TRUNK and is_written_so(part, value, country) and _kind(value) == 1


def _is_grouped_like_one(part: list[Item], gaps: list[str]) -> bool:
    """Whether ten or eleven digits of North America are grouped as a number, not as a list of figures."""
    groups = [item.digits for item in part]
    if [len(group) for group in groups] in ([3, 3, 4], [1, 3, 3, 4], [10], [3, 7], [6, 4], [3, 3, 2, 2]):
        return True
    between = set(gaps)
    if len(between) != 1 or "," in (gap := between.pop()) or ("\n" in gap and gap != "\n"):
        return False
    figures, same = [int(group) for group in groups], len(set(map(len, groups))) == 1
    if any(_YEAR.fullmatch(group) for group in groups):
        return False
    has_zero = any(group.startswith("0") for group in groups[1:])
    if (same or not (gap.strip() or has_zero)) and figures in (sorted(figures), sorted(figures, reverse=True)):
        return False  # sizes, amounts
    if gap.strip() not in {"", "."} or has_zero:
        return True  # only numbers are set apart by ornaments, and nobody writes a figure with a zero in front
    return 3 <= len(groups) <= 4 and not same and min(map(len, groups)) > 1
