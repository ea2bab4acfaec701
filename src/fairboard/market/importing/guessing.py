"""Which column of a file is which field, told by its heading and, where that says nothing, by what stands in it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fairboard.fields import FieldSpec
from fairboard.market import catalogue
from fairboard.market.data import load
from fairboard.market.importing.mapping import KNOWN, ColumnMap
from fairboard.market.importing.places import is_place
from fairboard.market.words import fold

KILOMETRES_IN_A_MILE = Decimal("1.609344")
SAMPLE = 50
"""So many rows are looked at."""
LONG, MOSTLY = 25, 0.6
"""A description has so many characters in the middle; a column of places is one in so large a part of its rows."""
_SHORTEST = 4
"""A word of a heading is found within a compound only when it is so long."""


def guess(
    headings: Sequence[str], given: ColumnMap, category: str = "", sample: Sequence[Mapping[str, Any]] = ()
) -> ColumnMap:
    """Fill what a mapping leaves open from the headings and the first rows."""
    columns, attributes, factors = dict(given.columns), dict(given.attributes), dict(given.factors)
    free = _Free(headings, [*columns.values(), *attributes.values()])
    specs = {spec.key: spec for spec in _specs(category)}
    wanted = {key: _words(spec) for key, spec in specs.items()}
    fields = load.headings()["fields"]
    for alike in (_is_word, _is_near):  # what is plain goes first, so that nothing near takes its place
        for name in KNOWN:
            if name not in columns and (heading := free.take(fields[name], alike)):
                columns[name] = heading
        # A column of brands is the make of a car and the brand of a telephone: a file may hold both.
        found = {key: free.first(words, alike) for key, words in wanted.items() if key not in attributes}
        attributes |= {key: heading for key, heading in found.items() if heading}
        free.drop(found.values())
    _by_content(columns, free, sample)
    for key, heading in attributes.items():
        if key in specs and specs[key].unit == "km" and re.search(r"\b(miles|mi)\b", fold(heading)):
            factors.setdefault(key, KILOMETRES_IN_A_MILE)
    if "title" not in columns and {"make", "model"} <= set(attributes):
        parts = [attributes[key] for key in ("make", "model", "year") if key in attributes]
        columns["title"] = " ".join(f"{{{part}}}" for part in parts)
    return replace(given, columns=columns, attributes=attributes, factors=factors)


class _Free:
    """The headings nobody has taken yet, in their order."""

    def __init__(self, headings: Sequence[str], used: Iterable[str]) -> None:
        taken = set(used)
        self.plain = {heading: _plain(heading) for heading in headings if heading and heading not in taken}

    def first(self, words: Sequence[str], alike: Callable[[str, str], bool]) -> str:
        """The first heading that is like one of the words, the first words first; empty when there is none."""
        return next((one for word in words for one, plain in self.plain.items() if alike(plain, word)), "")

    def drop(self, headings: Iterable[str]) -> None:
        """These are taken."""
        for heading in headings:
            self.plain.pop(heading, None)

    def take(self, words: Sequence[str], alike: Callable[[str, str], bool]) -> str:
        """The first heading that is like one of the words, for oneself alone."""
        heading = self.first(words, alike)
        self.drop([heading])
        return heading


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9²]+", " ", fold(re.sub(r"[(\[].*?[)\]]", " ", heading))).split())


def _is_word(heading: str, word: str) -> bool:
    return heading == word


def _is_near(heading: str, word: str) -> bool:
    """Whether a word stands in a heading, alone ("VK Preis") or in a compound ("Fahrzeugtext")."""
    if f" {word} " in f" {heading} ":
        return True
    return len(word) >= _SHORTEST and any(one.startswith(word) or one.endswith(word) for one in heading.split())


def _by_content(columns: dict[str, str], free: _Free, sample: Sequence[Mapping[str, Any]]) -> None:
    """The description and the place by what stands in the columns."""
    cells = {
        heading: [str(row[heading]).strip() for row in sample if str(row.get(heading) or "").strip()]
        for heading in free.plain
    }
    if "place" not in columns:
        for heading, values in cells.items():
            if values and sum(map(is_place, values)) >= MOSTLY * len(values):
                columns["place"] = heading
                break
    if "body" not in columns:
        middle = {heading: sorted(map(len, values))[len(values) // 2] for heading, values in cells.items() if values}
        longest = max(middle, key=middle.__getitem__, default="")
        if longest and middle[longest] >= LONG and longest != columns.get("place"):
            columns["body"] = longest


def _specs(category: str) -> Sequence[FieldSpec]:
    known = catalogue.current().categories
    if category in known:
        return known[category].specs
    every = {spec.key: spec for row in known.values() for spec in row.specs}
    return tuple(every.values())


def _words(spec: FieldSpec) -> tuple[str, ...]:
    own = (f"attributes {_plain(spec.key)}", _plain(spec.key), _plain(spec.label))
    return (*own, *load.headings()["attributes"].get(spec.key, ()))
