"""The search index of records, in the database and in the record's own transaction: what it holds and how it is asked.

A record is found by the words of its name, and by the words of its other texts: addresses by their parts, telephone
numbers by any run of their digits. Words are folded the same way when they are kept and when they are sought. SQLite:
an FTS5 table whose rowid is the record's; PostgreSQL: two tsvector columns with GIN.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.models import Record

TABLE = "crm_search"
MOST_WORDS = 400
MOST_ASKED = 8
FEWEST_DIGITS = 3
TEXTS = ("text", "longtext", "email", "link")
SQLITE_SCHEMA = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(names, body, detail='column', columnsize=0, prefix='2 3 4',"
    " tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    "CREATE INDEX crm_record_called ON crm_record (lower(name), id) WHERE deleted_at IS NULL",
)  # fmt: skip
POSTGRESQL_SCHEMA = (
    f"CREATE TABLE {TABLE} (record_id bigint PRIMARY KEY, names tsvector NOT NULL, body tsvector NOT NULL)",
    f"CREATE INDEX {TABLE}_names ON {TABLE} USING gin (names)",
    f"CREATE INDEX {TABLE}_body ON {TABLE} USING gin (body)",
    'CREATE INDEX crm_record_called ON crm_record (lower(name COLLATE "C"), id) WHERE deleted_at IS NULL',
)
_WORDS = re.compile(r"[^\W_]+")
_APART = re.compile(r"[\s@,;:/]+")
_TIES = re.compile(r"\w[^\w\s@,;:/]\w|\w_\w")
_SCHEME = re.compile(r"\Ahttps?://(?:www\.)?", re.IGNORECASE)
_DIGITS = re.compile(r"[\d\s()+./-]+\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one record is found by."""

    pk: int
    names: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sought: words that begin so, each of them somewhere; ``text`` is all of it, folded.

    ``tied`` are the words with those tied by dots and dashes as one; the same as ``words`` where there are none.
    """

    words: tuple[str, ...]
    text: str
    tied: tuple[str, ...]


def fold(text: str) -> str:
    """Small letters without marks: ``Müller`` and ``MULLER`` are one."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, folded; an address's parts are words."""
    return [one[:60] for one in _WORDS.findall(fold(text))]


def joined(text: str) -> list[str]:
    """What a text has of words tied by dots and dashes, without these: ``bikesexample`` of ``anna@bikes.example``.

    Sought so, a mail address is found at once, where one of its words alone (``com``) begins a million others.
    """
    if not _TIES.search(text):
        return []
    chunks = [_WORDS.findall(one) for one in _APART.split(fold(text))]
    return ["".join(parts)[:60] for parts in chunks if len(parts) > 1]


def runs_of(number: str) -> list[str]:
    """Every end of a number's digits: a search for the beginning of one finds any run of digits in the number."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    return [digits[start:] for start in range(max(1, len(digits) - FEWEST_DIGITS + 1))] if digits else []


def entry_of(info: TypeInfo, record: Record, keys: Collection[str] | None = None) -> Entry:
    """What a record is found by, from the fields named by ``keys`` or from all of them."""
    names = [*words_of(record.name), *joined(record.name)]
    body: list[str] = []
    for key, kind in _sought(info):
        value = record.data.get(key)
        if value is None or (keys is not None and key not in keys):
            continue
        text = _SCHEME.sub("", str(value)[:4_000])
        body += runs_of(text) if kind == "phone" else [*words_of(text), *joined(text)]
    return Entry(record.pk, [mark_of(info), *names[:60]], [mark_of(info), *dict.fromkeys((*names, *body[:MOST_WORDS]))])


def mark_of(info: TypeInfo) -> str:
    """The word every record of a type has, which nobody can type."""
    return f"_{info.id:d}"


def _sought(info: TypeInfo) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] | None = info.cache.get("sought")
    if kept is None:
        wanted = (*TEXTS, "phone")
        kept = [(key, one.type) for key, one in info.fields.items() if one.kind != "relation" and one.type in wanted]
        info.cache["sought"] = kept
    return kept


def asked(text: str) -> Asked:
    """What somebody typed as what is sought: the digits of a telephone number are one run."""
    text = _SCHEME.sub("", text.strip())[:200]
    if _DIGITS.match(text):
        digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
        if len(digits) >= FEWEST_DIGITS and any(not letter.isdigit() for letter in text):
            digits = digits.lstrip("0") or digits  # the zero of a national number is no part of the international one
            return Asked((digits,), fold(text), (digits,))
    words = tuple(dict.fromkeys(words_of(text)))[:MOST_ASKED]
    chunks = ["".join(_WORDS.findall(one))[:60] for one in _APART.split(fold(text))]
    return Asked(words, fold(text), tuple(dict.fromkeys(one for one in chunks if one))[:MOST_ASKED])


def write(entries: Iterable[Entry]) -> None:
    """Index records anew, whether they were indexed before or not; visible when the transaction commits."""
    found = list(entries)
    remove([one.pk for one in found])
    rows = [(one.pk, *_kept(one)) for one in found]
    key = "rowid" if connection.vendor == "sqlite" else "record_id"
    marks = "%s, %s, %s" if connection.vendor == "sqlite" else "%s, array_to_tsvector(%s), array_to_tsvector(%s)"
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE} ({key}, names, body) VALUES ({marks})", rows)


def _kept(one: Entry) -> tuple[Any, Any]:
    if connection.vendor == "sqlite":
        return " ".join(one.names), " ".join(one.body)
    return list(one.names), list(one.body)


def remove(pks: Sequence[int]) -> None:
    """Let records be found no more."""
    key = "rowid" if connection.vendor == "sqlite" else "record_id"
    with connection.cursor() as cursor:
        for start in range(0, len(pks), 500):
            part = pks[start : start + 500]
            marks = ", ".join(f"{pk:d}" for pk in part)
            cursor.execute(f"DELETE FROM {TABLE} WHERE {key} IN ({marks})")


def clear() -> None:
    """Empty the index, to fill it anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")


def condition(
    words: Sequence[str], column: str, info: TypeInfo | None = None, *, whole: bool = False
) -> tuple[str, list[str]]:
    """The SQL and parameter by which ``names`` or ``body`` holds every word, of one type or of any.

    ``whole`` asks for the words themselves instead of words that begin so: an index gives these without reading all.
    """
    if connection.vendor == "sqlite":
        parts = [f'"{one}"{"" if whole else "*"}' for one in words] + ([f'"{mark_of(info)}"'] if info else [])
        return f"{TABLE} MATCH %s", [f"{{{column}}}: ({' AND '.join(parts)})"]
    parts = [f"'{one}'{'' if whole else ':*'}" for one in words] + ([f"'{mark_of(info)}'"] if info else [])
    return f"{TABLE}.{column} @@ %s::tsquery", [" & ".join(parts)]
