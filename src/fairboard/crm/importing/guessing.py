"""What the columns of a file are: their types by what stands in them, their fields by their headings."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.crm.data import importing_words
from fairboard.crm.importing.columns import value_of
from fairboard.fields import FieldError, FieldSpec
from fairboard.fields.yesno import NO, YES

SAMPLE = 200
"""Rows that are looked at."""
MOSTLY = 0.9
MOST_CHOICES = 20
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{16}\Z")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\Z")
_MOMENT = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}[T ]\d{1,2}:\d\d")
_PHONE = re.compile(r"[+(0][0-9 ()/.\-]{6,}\Z")
_LINK = re.compile(r"(?:https?://|www\.)\S+\Z", re.IGNORECASE)


def folded(text: str) -> str:
    """A heading without case, accents, signs and spaces."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold().replace("ß", "ss")
    plain = "".join(one for one in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(one))
    return "".join(re.findall(r"[a-z0-9]+", plain))


def sniffed(cells: Sequence[Any]) -> str:
    """The type of field that holds nearly all of the cells."""
    found = [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()][:SAMPLE]
    if not found:
        return "text"
    distinct = {one.casefold() for one in found}
    if len(distinct) <= 2 and distinct <= YES | NO and not distinct <= {"0", "1", "x"}:
        return "yesno"
    for kind, shape in (("email", re.compile(r"\S+@\S+\.\S+\Z")), ("link", _LINK), ("datetime", _MOMENT),
                        ("date", _DATE)):  # fmt: skip
        if sum(bool(shape.match(one)) for one in found) >= MOSTLY * len(found) and _holds(kind, found):
            return kind
    if _holds("number", found) and not any(re.match(r"0\d", one) or one.startswith("+") for one in found):
        return "number"
    if sum(bool(_PHONE.match(one)) for one in found) >= MOSTLY * len(found):
        return "phone"
    if any("\n" in one or len(one) > 200 for one in found):
        return "longtext"
    if len(found) >= 40 and len(distinct) <= min(MOST_CHOICES, len(found) // 8):
        return "choice"
    return "text"


def _holds(kind: str, found: Sequence[str]) -> bool:
    spec, good = FieldSpec("x", "x", kind, decimals=6), 0
    for one in found:
        try:
            value_of(one, spec)
            good += 1
        except FieldError:
            pass
    return good >= MOSTLY * len(found)


def new_field(heading: str, cells: Sequence[Any]) -> dict[str, Any]:
    """A field of one's own for a column no field fits: label, type, options."""
    kind = sniffed(cells)
    options: dict[str, Any] = {}
    if kind == "choice":
        texts = dict.fromkeys(" ".join(str(cell).split()) for cell in cells if str(cell or "").strip())
        options["choices"] = [
            {"key": re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:40] or f"choice_{at}", "label": text[:60]}
            for at, text in enumerate(texts, 1)
        ]
        if len({one["key"] for one in options["choices"]}) < len(options["choices"]):
            kind, options = "text", {}
    if kind == "number" and any("." in str(cell) or "," in str(cell) for cell in cells):
        options["decimals"] = 2
    label = re.sub(r"__c\Z", "", heading).replace("_", " ").strip()[:60] or heading[:60]
    return {"label": label, "value_type": kind, "options": options}


def suggested(
    info: TypeInfo, headings: Sequence[str], rows: Sequence[Sequence[Any]],
    remembered: Mapping[str, Mapping[str, Any]], writable: frozenset[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """For each heading what it becomes: ``field`` (empty: left out), ``by`` what relations are found by, ``sniffed``.

    What a heading was the last time comes first, then keys and labels, then words that are known for a field.
    """
    cells = [[row[place] for row in rows if place < len(row)] for place in range(len(headings))]
    found = [{"heading": one, "field": "", "by": "", "sniffed": sniffed(cells[at])} for at, one in enumerate(headings)]
    fields = {key: one for key, one in info.fields.items() if key in writable}
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        kept = remembered.get(folded(heading))
        if kept and kept.get("field") in fields and kept["field"] not in taken:
            found[place] |= {name: kept[name] for name in ("field", "by", "create") if name in kept}
            taken.add(str(kept["field"]))
    words = importing_words()["words"]
    own = folded(info.label)
    for stage in range(3):
        for key, one in fields.items():
            if key in taken:
                continue
            names = _names(key, one, words, stage, own)
            for place, heading in enumerate(headings):
                if not found[place]["field"] and folded(heading) in names and _fits(one, cells[place]):
                    found[place] |= {"field": key, "by": _by(one, heading, cells[place])}
                    taken.add(key)
                    break
    return found


def _names(key: str, one: FieldInfo, words: Mapping[str, Sequence[str]], stage: int, own: str) -> set[str]:
    if stage == 0:
        return {folded(key), folded(one.label), folded(key.removeprefix("cf_"))}
    if stage == 1 and key == "external_id":
        return {f"{own}id", f"{own}number", f"{own}nummer", f"{own}nr"}
    return {folded(word) for word in words.get(key, ())} if stage == 2 else set()


def _fits(one: FieldInfo, cells: Sequence[Any]) -> bool:
    found = [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()][:50]
    if one.kind == "relation" or not found or one.type in {"choice", "multichoice", "phone", "text", "longtext"}:
        return True
    good = 0
    for text in found:
        try:
            value_of(text, one.spec)
            good += 1
        except FieldError:
            pass
    return good * 2 >= len(found)


def _by(one: FieldInfo, heading: str, cells: Sequence[Any]) -> str:
    """What the records a column names are found by: their id, a field, or their name."""
    if one.kind != "relation":
        return ""
    found = [str(cell).strip() for cell in cells if str(cell or "").strip()]
    if found and all(_ID.match(text) for text in found):
        return "id"
    if found and sum("@" in text for text in found) * 2 > len(found):
        return "email"
    return "external_id" if folded(heading).endswith(("id", "nummer", "number", "nr")) else "name"


def slug(text: str) -> str:
    """A key of a label: small letters, digits and underscores, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    found = re.sub(r"[^a-z0-9]+", "_", "".join(one for one in plain if not unicodedata.combining(one))).strip("_")
    return (found if found[:1].isalpha() else f"f_{found}" if found else "")[:36]
