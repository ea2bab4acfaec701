"""Finding many records by what a file says of them: their id, a field, or their name."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.db.models import BooleanField, TextField
from django.db.models.expressions import RawSQL

from fairboard.crm import indexes, values
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries.access import SeatInfo
from fairboard.crm.queries.records import selected
from fairboard.fields import FieldError

PART = 500
MOST_KEPT = 300_000
Found = tuple[str, int]
"""Public id and row."""


def normal(info: TypeInfo, key: str, text: Any) -> Any:
    """What a text of a file is looked up as; None for one that can be no value of the field."""
    one = info.fields.get(key)
    if one is None:
        plain = str(text).strip()
        return plain if key == "id" else lowered(" ".join(plain.split()))
    try:
        value = values.value_of(one, text)
    except FieldError:
        return None
    return lowered(value) if one.type in indexes.TEXTS and isinstance(value, str) else value


def lowered(text: str) -> str:
    """A text as unique indexes compare it: ASCII letters of either case are one."""
    if text.isascii():
        return text.lower()
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def find(
    seat: SeatInfo, info: TypeInfo, key: str, wanted: Collection[Any], *, level: str = ""
) -> dict[Any, list[Found]]:
    """The records of a type the seat sees (or may act on), by their normal value of ``key``."""
    expression = indexes.matching_key(info, key)
    is_text = key not in info.fields or info.fields[key].type in indexes.TEXTS
    found: dict[Any, list[Found]] = {}
    ordered = list(wanted)
    for start in range(0, len(ordered), PART):
        part = ordered[start : start + PART]
        marks = ", ".join(["%s"] * len(part))
        condition = RawSQL(f"({expression} IN ({marks}))", part, output_field=BooleanField())  # noqa: S611
        rows = selected(seat, info, None, level=level).filter(condition)
        column = RawSQL(expression, [], output_field=TextField() if is_text else None)  # noqa: S611
        for value, public_id, pk in rows.annotate(_found=column).values_list("_found", "public_id", "pk"):
            found.setdefault(value if not is_text else lowered(str(value)) if key != "id" else value, []).append(
                (public_id, pk)
            )
    return found


@dataclass
class Relation:
    """A relation column's look-ups, remembered from chunk to chunk. ``by``: id, name, or a field of the targets."""

    field: FieldInfo
    by: str
    seat: SeatInfo
    known: dict[str, list[Found]] = made(default_factory=dict)

    def targets(self) -> list[TypeInfo]:
        """The types that can be looked in."""
        types = (catalogue().types.get(key) for key in self.field.targets)
        return [one for one in types if one is not None and (self.by in {"id", "name"} or self.by in one.fields)]

    def learn(self, texts: Iterable[str]) -> None:
        """Look up the texts that are not known yet."""
        if len(self.known) > MOST_KEPT:
            self.known.clear()
        new = {one for one in texts if one not in self.known}
        for one in new:
            self.known[one] = []
        for info in self.targets():
            by_normal: dict[Any, list[str]] = {}
            for one in new:
                value = normal(info, self.by, one)
                if value is not None:
                    by_normal.setdefault(value, []).append(one)
            for value, rows in find(self.seat, info, self.by, by_normal).items():
                for one in by_normal.get(value, ()):
                    self.known[one] += rows

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those of the texts that are no record."""
        return [one for one in dict.fromkeys(texts) if not self.known.get(one)]
