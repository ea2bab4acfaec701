"""When two records are the same thing: what they share, normalised, and how alike they are.

Numbers of registers, mail addresses and telephone numbers are evidence of their own; names need a place beside them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from rapidfuzz import fuzz

from fairboard.crm.catalogue import TypeInfo

_FORMS = (
    "gmbh ag kg ohg gbr ug ev mbh co inc ltd llc llp plc corp corporation limited company"
    " sa sarl srl spa bv nv oy ab as"
)
LEGAL = frozenset(_FORMS.split())
"""Legal forms say nothing of who it is."""
LIKELY = 80
"""From this score on, who creates a record is asked first."""
POSSIBLE = 60
"""From this score on, a pair is shown."""
NUMBERS = {"register_number": "register", "vat_id": "vat"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a record is compared."""

    name: str
    city: str
    emails: frozenset[str]
    phones: frozenset[str]
    numbers: Mapping[str, str]
    site: str
    street: str


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """A name without accents, case, signs and legal forms, its words in order of the alphabet."""
    plain = text.lower()
    if not text.isascii():
        spread = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(one for one in spread if not unicodedata.combining(one))
    words = re.findall(r"[a-z0-9]+", plain)
    kept = [one for one in words if one not in LEGAL] or words
    return " ".join(sorted(kept))


_CODES = (
    (re.compile("ph"), "f"), (re.compile("[dt](?=[csz])"), "8"), (re.compile("[bp]"), "1"), (re.compile("[dt]"), "2"),
    (re.compile("[fvw]"), "3"), (re.compile("(?<=[ckq])x"), "8"), (re.compile("x"), "48"),
    (re.compile("(?<=[sz])c"), "8"), (re.compile("[gkq]|c(?=[ahkloqrux])"), "4"), (re.compile("l"), "5"),
    (re.compile("[mn]"), "6"), (re.compile("r"), "7"), (re.compile("[csz]"), "8"), (re.compile("[aeijouyh]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@lru_cache(maxsize=50_000)
def sounding(word: str) -> str:
    """How a word sounds, after the Cologne phonetics (Postel, 1969): Meyer and Maier are one."""
    front = word[:1] if word[:1] in "aeiou" else ""
    for pattern, code in _CODES:
        word = pattern.sub(code, word)
    return ("0" if front else "") + word


def marks_of(info: TypeInfo, name: str, data: Mapping[str, Any]) -> Marks:
    """What of a record is compared."""
    found = [key for key in _keys(info, "email") if key in data]
    emails = {str(data[key]).lower() for key in found}
    phones = {str(data[key]) for key in _keys(info, "phone") if key in data}
    numbers = {
        kind: re.sub(r"[^0-9a-z]", "", str(data[key]).lower()) for key, kind in NUMBERS.items() if data.get(key)
    }  # fmt: skip
    site = re.sub(r"\Ahttps?://(?:www\.)?", "", str(data.get("website") or "").lower()).split("/")[0]
    return Marks(
        folded(name), folded(str(data.get("city") or "")), frozenset(emails), frozenset(phones),
        {kind: value for kind, value in numbers.items() if value}, site, folded(str(data.get("street") or "")),
    )  # fmt: skip


def _keys(info: TypeInfo, kind: str) -> tuple[str, ...]:
    """The fields of a kind of contact a type has; kept with its definition."""
    name = f"matching.{kind}"
    if name not in info.cache:
        info.cache[name] = tuple(key for key, one in info.fields.items() if one.type == kind and one.kind == "value")
    found: tuple[str, ...] = info.cache[name]
    return found


def keys_of(type_id: int, marks: Marks) -> list[int]:
    """The hashes two records of a type share when they may be the same: 64 bits each, with a sign."""
    found = [f"email|{one}" for one in marks.emails] + [f"phone|{one}" for one in marks.phones]
    found += [f"{kind}|{value}" for kind, value in marks.numbers.items()]
    if marks.site:
        found.append(f"site|{marks.site}")
    if marks.name:
        sounds = " ".join(sorted(sounding(word) or word for word in marks.name.split()))
        found.append(f"name|{sounds}|{marks.city}")
    return [
        int.from_bytes(blake2b(f"{type_id}|{one}".encode(), digest_size=8).digest(), "big", signed=True)
        for one in found
    ]


def score(one: Marks, other: Marks) -> tuple[int, list[str]]:
    """How alike two records are, 0 to 100, and why."""
    name = fuzz.token_sort_ratio(one.name, other.name) if one.name and other.name else 0.0
    same_place = bool(one.city) and one.city == other.city
    points, reasons = 0, list[str]()
    for kind in NUMBERS.values():
        mine, theirs = one.numbers.get(kind), other.numbers.get(kind)
        if mine and mine == theirs:
            points, reasons = max(points, 96), [*reasons, kind]
    if one.emails & other.emails:
        points, reasons = max(points, 92 if name >= 70 else 70), [*reasons, "email"]
    if one.phones & other.phones:
        points, reasons = max(points, 86 if name >= 80 else 62), [*reasons, "phone"]
    if one.site and one.site == other.site:
        points, reasons = max(points, 82 if name >= 70 else 60), [*reasons, "site"]
    if name >= 92:
        alike = fuzz.ratio(one.street, other.street) if one.street and other.street else 0.0
        points = max(points, (88 if alike >= 85 else 80) if same_place else 60 if name == 100 else 50)
    if name >= 80:
        reasons.append("name" if name == 100 else "alike")
    if same_place:
        reasons.append("city")
    strong = len(set(reasons) & {"register", "vat", "email", "phone", "site"})
    points += 3 * max(0, strong - 1) + (2 if strong and same_place else 0)
    for kind in NUMBERS.values():
        mine, theirs = one.numbers.get(kind), other.numbers.get(kind)
        if mine and theirs and mine != theirs:
            points -= 40
    return max(0, min(100, points)), reasons
