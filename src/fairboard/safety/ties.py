"""Identifiers of ads as keyed hashes, how widely each is used, and the ties they make.

The hash is HMAC-SHA256 under ``FAIRBOARD_IDENTIFIER_KEY``, cut to 64 bits: without the key nobody can try telephone
numbers against a copy of the database, and among ten million identifiers two meet by chance once in 400,000 databases.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection

from fairboard.safety.models import Tie
from fairboard.screening.networks import EVIDENCE, weight

LINKED = frozenset({"ad"})
"""Kinds of submission that are tied: in a message one quotes the other side's number as well."""
GIVEN = frozenset({"device", "payment"})
"""Kinds that only the request knows; a submission does not keep them."""
MOST = 40
"""Identifiers of one ad that are looked at, the first ones."""
CHUNK = 400
COUNTED = "SELECT key, kind, subject_id, ads, members, places FROM safety_identifier WHERE key IN ({})"
TIED = "SELECT key, kind, subject_id, author_id, place FROM safety_tie WHERE key IN ({}) ORDER BY id"
ADD_TIE = (
    "INSERT INTO safety_tie (key, kind, subject_kind, subject_id, author_id, place, at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)
ADD_COUNT = (
    "INSERT INTO safety_identifier (key, kind, subject_id, ads, members, places) VALUES (%s, %s, %s, %s, %s, %s)"
)


@dataclass(slots=True)
class Node:
    """An ad with the identifiers found in it: key to kind. ``is_new`` when nothing of it can be known yet."""

    kind: str
    subject_id: str
    author_id: str
    place: str
    at: datetime
    keys: dict[int, str]
    is_refused: bool = False
    is_new: bool = True


@dataclass(slots=True)
class Use:
    """How widely an identifier is used, and what it weighed ``before`` the ties just written."""

    kind: str
    first: str
    ads: int = 0
    members: int = 0
    places: int = 0
    is_counted: bool = False
    before: float = 0.0
    ads_before: int = 0

    @property
    def weight(self) -> float:
        """What it says now."""
        return weight(self.kind, ads=self.ads, members=self.members, places=self.places)


@dataclass(slots=True)
class Seen:
    """What was new of an identifier within one batch."""

    members: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def key_of(kind: str, value: str) -> int:
    """The key of an identifier, a signed 64-bit number."""
    return _digest(settings.IDENTIFIER_KEY, f"tie\0{kind}\0{canonical(kind, value)}")


@lru_cache(maxsize=4_096)
def _digest(secret: str, told: str) -> int:
    """Asked for before and after the judgement: the second time it is remembered."""
    digest = hmac.digest(secret.encode(), told.encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)


def canonical(kind: str, value: str) -> str:
    """One spelling for each identifier: case, tags of a mailbox, scheme and tail of a link do not matter."""
    value = value.strip()
    if kind == "email":
        mailbox, _at, domain = value.casefold().rpartition("@")
        mailbox = mailbox.partition("+")[0]
        if domain in {"gmail.com", "googlemail.com"}:
            mailbox, domain = mailbox.replace(".", ""), "gmail.com"
        return f"{mailbox}@{domain}"
    if kind == "url":
        bare = value.partition("://")[2] or value
        host, slash, path = bare.partition("#")[0].partition("/")
        return f"{host.casefold().removeprefix('www.')}{slash}{path}".rstrip("/")
    if kind == "handle":
        return value.casefold().lstrip("@")
    return value


def keys_in(
    *, contacts: Iterable[tuple[str, str]] = (), photos: Iterable[str] = (), given: Iterable[tuple[str, str]] = (),
    originals: Mapping[str, int] = MappingProxyType({}), author: str = "",
) -> dict[int, str]:  # fmt: skip
    """The keys of identifiers with their kinds; kinds that are no evidence are left out, and telephone numbers
    without an area code (RFC 3966 ``phone-context``), which are others' elsewhere.

    ``originals`` are the keys of photos that resemble another one. The ``author`` counts where there is anything else:
    it ties what one account shows in several ads.
    """
    found: dict[int, str] = {}
    for kind, value in (*given, *contacts):
        if value and kind in EVIDENCE and len(found) < MOST and ";phone-context=" not in value:
            found[key_of(kind, value)] = kind
    for photo in photos:
        if len(found) < MOST:
            found[originals.get(photo) or key_of("photo", photo)] = "photo"
    if found and author:
        found[key_of("account", author)] = "account"
    return found


def uses_of(keys: Iterable[int]) -> dict[int, Use]:
    """How widely identifiers are used; those never seen are missing.

    Most are used once: only from the second ad on has an identifier a row with its counts, until then its tie tells.
    """
    found = {
        key: Use(kind, first, ads, members, places, True)
        for key, kind, first, ads, members, places in _rows(COUNTED, keys)
    }
    once: dict[int, list[tuple[str, str, str, str]]] = {}
    for key, *tie in _rows(TIED, set(keys) - found.keys()):
        once.setdefault(key, []).append(tuple(tie))
    for key, rows in once.items():
        kind, first, _author, _place = rows[0]
        found[key] = Use(
            kind, first, len(rows), len({row[2] for row in rows}), len({row[3] for row in rows} - {""})
        )  # fmt: skip
    for use in found.values():
        use.before, use.ads_before = use.weight, use.ads
    return found


def _rows(sql: str, keys: Iterable[int]) -> Iterator[Any]:
    wanted = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            cursor.execute(sql.format(", ".join(["%s"] * len(part))), part)
            yield from cursor.fetchall()


def write(nodes: Sequence[Node]) -> dict[int, Use]:
    """Keep the ties of ads that are not kept yet; returns how widely each of their identifiers is used now."""
    fresh = unknown(nodes)
    keys = {key for node in nodes for key in node.keys}
    _lock(keys)
    uses = uses_of(keys)
    known = known_pairs({(key, node.author_id, node.place) for node, keys in fresh for key in keys if key in uses})
    seen: dict[int, Seen] = {}
    for node, new in fresh:
        for key in new:
            use = uses.setdefault(key, Use(node.keys[key], node.subject_id))
            count(
                use,
                node.author_id,
                node.place,
                seen.setdefault(key, Seen()),
                known.get((key, node.author_id, node.place)),
            )
    _save({key: uses[key] for key in seen if uses[key].ads > 1})
    add(fresh)
    return uses


def add(fresh: Sequence[tuple[Node, Sequence[int]]]) -> None:
    """Write ties: ads with their keys that are not tied to them yet. Nothing is counted or joined."""
    adapt = connection.ops.adapt_datetimefield_value
    rows = [
        (key, node.keys[key], node.kind, node.subject_id, node.author_id, node.place, adapt(node.at))
        for node, new in fresh for key in new
    ]  # fmt: skip
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(ADD_TIE, rows)


def _lock(keys: Iterable[int]) -> None:
    """On PostgreSQL two transactions that use one identifier wait for each other; SQLite has one writer at a time."""
    wanted = sorted(keys)
    if wanted and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.executemany("SELECT pg_advisory_xact_lock(%s)", [(key,) for key in wanted])


def unknown(nodes: Sequence[Node]) -> list[tuple[Node, list[int]]]:
    """Each ad with those of its keys that are not tied to it yet; it gains the keys it is tied to from earlier."""
    asked = [node.subject_id for node in nodes if not node.is_new]
    tied: dict[str, dict[int, str]] = {}
    for start in range(0, len(asked), CHUNK):
        rows = Tie.objects.filter(subject_id__in=asked[start : start + CHUNK]).values_list("subject_id", "key", "kind")
        for subject, key, kind in rows:
            tied.setdefault(subject, {})[key] = kind
    fresh = []
    for node in nodes:
        known = tied.setdefault(node.subject_id, {})
        keys = [key for key in node.keys if key not in known]
        known.update({key: node.keys[key] for key in keys})
        node.keys.update(known)
        if keys:
            fresh.append((node, keys))
    return fresh


def known_pairs(asked: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str, str], tuple[bool, bool]]:
    """For a key, a member and a place: whether the member and whether the place has used the key before."""
    rows = sorted(asked)
    found: dict[tuple[int, str, str], tuple[bool, bool]] = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        marks = ", ".join(["(%s, %s, %s)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"WITH asked(key, author_id, place) AS (VALUES {marks}) SELECT key, author_id, place, "
                "EXISTS (SELECT 1 FROM safety_tie t WHERE t.key = asked.key AND t.author_id = asked.author_id), "
                "EXISTS (SELECT 1 FROM safety_tie t WHERE t.key = asked.key AND t.place = asked.place) FROM asked",
                [value for row in part for value in row],
            )
            found.update({(key, one, place): (bool(a), bool(b)) for key, one, place, a, b in cursor.fetchall()})
    return found


def count(use: Use, author: str, place: str, seen: Seen, known: tuple[bool, bool] | None) -> None:
    """Count one more ad that uses an identifier; ``known`` as `known_pairs` says it, ``seen`` what came since."""
    is_member_known, is_place_known = known or (False, False)
    use.ads += 1
    if not is_member_known and author not in seen.members:
        use.members += 1
    if place and not is_place_known and place not in seen.places:
        use.places += 1
    seen.members.add(author)
    seen.places.add(place)


def _save(uses: Mapping[int, Use]) -> None:
    """The counts of identifiers that two ads or more use."""
    fresh = [
        (key, one.kind, one.first, one.ads, one.members, one.places) for key, one in uses.items() if not one.is_counted
    ]
    rows = [(one.ads, one.members, one.places, key) for key, one in uses.items() if one.is_counted]
    with connection.cursor() as cursor:
        if fresh:
            cursor.executemany(ADD_COUNT, fresh)
        if rows:
            cursor.executemany("UPDATE safety_identifier SET ads = %s, members = %s, places = %s WHERE key = %s", rows)
