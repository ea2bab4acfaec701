"""Search over every object an actor may see: names that begin so first, then names that hold it, then the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from fairboard.crm import search as index
from fairboard.crm import sql
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Record
from fairboard.crm.queries.access import SeatInfo, seat_of, visible_fields, visible_sql
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound

HIDDEN = ("quote_line", "campaign_member")
"""Objects that are only looked at from the record they belong to: found by name of their type only."""
MOST_FOUND = 50
MOST_LOOKED_AT = 5_000
"""On PostgreSQL, about how many entries of a very common beginning are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found: its type, its name, and a text that tells it from others of the same name."""

    id: str
    type_key: str
    type_label: str
    icon: str
    name: str
    hint: str
    owner_id: str


def search(*, actor: Actor, text: str, type_key: str = "", size: int = 20) -> list[Found]:
    """The records a text finds, the best first; at most ``size``. Raises NotFound for a type the actor does not see.

    A name equal to the text is best, then names that begin with it, names that hold its words, other fields.
    """
    seat = seat_of(actor)
    types = _types(seat, type_key)
    text = text.replace("\x00", "").strip()[:200]
    sought = index.asked(text)
    size = min(size, MOST_FOUND)
    if not sought.words or not types:
        return []
    found: dict[int, Record] = {}
    for rows in _ways(seat, types, text, sought, size):
        for row in rows:
            info = types[row.type_id]
            if row.pk not in found and _is_seen(seat, info, row, sought):
                found[row.pk] = row
        if len(found) >= size:
            break
    ranked = sorted(found.values(), key=lambda row: _rank(row, sought))[:size]
    return [_found(seat, types[row.type_id], row) for row in ranked]


def _types(seat: SeatInfo, type_key: str) -> dict[int, TypeInfo]:
    known = catalogue().types
    if type_key and (type_key not in known or seat.on(type_key).read == "none"):
        raise NotFound(_("There is no object type %(key)s.") % {"key": type_key})
    return {
        one.id: one for one in known.values()
        if (one.key == type_key if type_key else seat.on(one.key).read != "none" and one.key not in HIDDEN)
    }  # fmt: skip


def _ways(
    seat: SeatInfo, types: dict[int, TypeInfo], text: str, sought: index.Asked, size: int
) -> Iterable[list[Record]]:
    """One list a way, each at most ``size`` long and found without reading much more."""
    seen, params = _seen(seat, types)
    info = next(iter(types.values())) if len(types) == 1 else None
    begins = index.fold(text) if text.isascii() else "".join(one.lower() if one.isascii() else one for one in text)
    called = "lower(name)" if connection.vendor == "sqlite" else 'lower(name COLLATE "C")'
    yield _rows(
        f"SELECT * FROM crm_record WHERE {called} >= %s AND {called} < %s AND deleted_at IS NULL AND {seen}"
        f" ORDER BY {called}, id LIMIT {size:d}",
        [begins, begins + "\U0010ffff", *params],
    )  # fmt: skip
    for words in dict.fromkeys((sought.tied, sought.words)):  # a mail address as one, and only then its parts
        for column, whole in (("names", True), ("names", False), ("body", True), ("body", False)):
            yield _held(words, column, info, seen, params, size, whole=whole)


def _held(
    words: tuple[str, ...], column: str, info: TypeInfo | None, seen: str, params: list[Any], size: int, *, whole: bool
) -> list[Record]:
    """The newest records whose names, or whose texts, hold all the words."""
    holds, more = index.condition(words, column, info, whole=whole)
    if connection.vendor == "sqlite":
        text = (
            f"SELECT crm_record.* FROM {index.TABLE} CROSS JOIN crm_record ON crm_record.id = {index.TABLE}.rowid"
            f" WHERE {holds} AND deleted_at IS NULL AND {seen} ORDER BY {index.TABLE}.rowid DESC LIMIT {size:d}"
        )
    else:
        text = (
            f"WITH near AS MATERIALIZED (SELECT record_id FROM {index.TABLE} WHERE {holds})"
            f" SELECT crm_record.* FROM crm_record WHERE id IN (SELECT record_id FROM near ORDER BY record_id DESC"
            f" LIMIT {MOST_LOOKED_AT:d}) AND deleted_at IS NULL AND {seen} ORDER BY id DESC LIMIT {size:d}"
        )
    return _rows(text, [*more, *params], is_loose=len(words) == 1 and info is None)


def _seen(seat: SeatInfo, types: dict[int, TypeInfo]) -> tuple[str, list[Any]]:
    """The condition of the records of these types that the seat may read.

    The plus keeps the planner from reading every record of a type instead of the few that an index of words gives.
    """
    whole = [info.id for info in types.values() if seat.on(info.key).read == "all"]
    parts, params = [f"+type_id IN ({', '.join(f'{one:d}' for one in whole)})"] if whole else [], []
    for info in types.values():
        if info.id not in whole:
            condition, more = visible_sql(seat, info)
            parts.append(f"({sql.alive(info)} AND {condition})")
            params += more
    return f"({' OR '.join(parts)})", params


def _rows(text: str, params: Sequence[Any], *, is_loose: bool = False) -> list[Record]:
    """The records of a statement. ``is_loose``: of a beginning that a third of all have, PostgreSQL reads a part only.

    Not for several words: parts of two might have nothing in common where the wholes have.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL gin_fuzzy_search_limit = {MOST_LOOKED_AT if is_loose else 0:d}")
        return list(Record.objects.raw(text, params))


def _is_seen(seat: SeatInfo, info: TypeInfo, row: Record, sought: index.Asked) -> bool:
    """Whether the record is found by what the seat sees: a hidden field finds nothing."""
    keys = visible_fields(seat, info)
    if len(keys) == len(info.fields):
        return True
    seen = index.entry_of(info, row, frozenset(keys))
    return any(
        all(any(one.startswith(word) for one in seen.body) for word in words) for words in (sought.tied, sought.words)
    )


def _rank(row: Record, sought: index.Asked) -> tuple[int, int, int]:
    name = index.fold(row.name)
    words = index.words_of(row.name)
    if name == sought.text:
        place = 0
    elif name.startswith(sought.text):
        place = 1
    elif all(word in words for word in sought.words):
        place = 2
    elif all(any(one.startswith(word) for one in words) for word in sought.words):
        place = 3
    else:
        place = 4
    return place, len(name) if place < 2 else 0, -row.pk


HINTS = ("email", "company", "city", "phone", "status", "stage", "due_on")


def _found(seat: SeatInfo, info: TypeInfo, row: Record) -> Found:
    seen = set(visible_fields(seat, info))
    parts = [
        str(row.data[key]) for key in HINTS if key in seen and row.data.get(key) and info.fields[key].type != "choice"
    ]
    return Found(
        row.public_id, info.key, info.label, info.icon, row.name or _("Without a name"), " · ".join(parts[:2]),
        row.owner_id,
    )  # fmt: skip
