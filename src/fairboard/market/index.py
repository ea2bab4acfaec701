"""The search index inside the database, written and read in the ad's own transaction.

One index column holds the ad's words and the terms of its place, category and attributes, so every
filter is an intersection of index entries. SQLite: a contentless FTS5 table whose rowid is the card's
position (measured in docs/performance.md: newest-first then costs nothing). PostgreSQL: a GIN index over
a tsvector column of the card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from django.db import connection

TABLE = "market_ad_index"
FRESH = "market_ad_index_new"
"""Where SQLite's index is rebuilt while the old one answers."""
VERSION = 3
"""Raised when cards are found by other terms than before: `fairboard run` then rebuilds the index."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one card is found by: its position and every word and term."""

    position: int
    tokens: Sequence[str]


def key_of(tokens: Sequence[str]) -> int:
    """64 bits that tell whether tokens are the same; never 0."""
    return int.from_bytes(blake2b(" ".join(tokens).encode(), digest_size=8).digest(), signed=True) or 1


def add(entries: Sequence[Entry], table: str = TABLE) -> None:
    """Make cards findable; visible to others when the transaction commits."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                f"INSERT INTO {table} (rowid, doc) VALUES (%s, %s)",
                [(entry.position, " ".join(entry.tokens)) for entry in entries],
            )
        else:
            cursor.executemany(
                "UPDATE market_card SET document = array_to_tsvector(%s::text[]) WHERE position = %s",
                [(list(entry.tokens), entry.position) for entry in entries],
            )


def remove(entries: Sequence[Entry]) -> None:
    """Make cards unfindable. The tokens must be those they were added with, or SQLite's index is damaged.

    An entry that is left in because its tokens are not known any more finds nothing: its card is gone.
    """
    if connection.vendor != "sqlite":
        return  # the tsvector goes with its card
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TABLE} ({TABLE}, rowid, doc) VALUES ('delete', %s, %s)",
            [(entry.position, " ".join(entry.tokens)) for entry in entries],
        )


def optimize() -> None:
    """Merge the index into one segment after a bulk load."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")
        else:
            cursor.execute("ANALYZE market_card")


SQLITE_SCHEMA = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(doc, content='', detail='none', columnsize=0, "
    "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
)
POSTGRESQL_SCHEMA = (
    "ALTER TABLE market_card ADD COLUMN document tsvector",
    "CREATE INDEX market_card_document ON market_card USING gin (document) WITH (fastupdate = off)",
)
