"""Near-copies of a text among everything placed before, found while it is being placed.

Each text leaves a few keys; texts that share one are held against each other. Texts that resemble each other become
one template: an identifier that ties ads as a telephone number does, named after the first of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.db import connection
from rapidfuzz.distance import LCSseq

from fairboard.screening.text import fold, joined

VERSION = 2
"""Raised when the keys of texts change: `fairboard relink` then begins them anew."""
ALIKE = 0.5
"""From this similarity on a text is a near-copy."""
ROUGHLY = 0.47
"""From this share of words between spaces in common and in order on two texts are aligned properly."""
SPACED = 8
"""Words between spaces, below which a script may have none."""
NEWEST = 40
"""Texts that are looked at under one key, the newest."""
MOST_KEYS = 10
"""Keys of a text: each is a row in an index of its own place, which is most of what keeping a text costs."""
HELD_AGAINST = 6
"""Texts that are compared in full, those that share most keys."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be looked for: the ad it is of, its plain letters, its keys. ``before`` bounds the submissions."""

    subject_id: str
    author_id: str
    place: str
    plain: str
    keys: tuple[int, ...]
    before: int = 2**62


@dataclass(frozen=True, slots=True)
class Near:
    """The ad whose text is nearest, how near it is, and who else wrote such a text where."""

    subject_id: str = ""
    similarity: float = 0.0
    subjects: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


NOTHING = Near()


@dataclass
class Batch:
    """The texts of one batch so far: each is compared with those before it, though they are not written yet."""

    texts: list[Text] = field(default_factory=list)
    by_key: dict[int, list[int]] = field(default_factory=dict)

    def add(self, text: Text) -> None:
        """One more text."""
        for key in text.keys:
            self.by_key.setdefault(key, []).append(len(self.texts))
        self.texts.append(text)

    def candidates(self, text: Text) -> list[Text]:
        """Texts of the batch that share a key."""
        found = {at for key in text.keys for at in self.by_key.get(key, ())[-NEWEST:]}
        return [self.texts[at] for at in sorted(found)][-HELD_AGAINST:]


@lru_cache(maxsize=1_024)
def keys_of(plain: str) -> tuple[int, ...]:
    """The keys a text is found by, `MOST_KEYS` at most; none for one too short to compare."""
    found: tuple[int, ...] = _linking().keys_of(plain)[:MOST_KEYS]
    return found


def alike(one: str, other: str) -> float:
    """How alike two plain texts are, 0 to 1; 0 for two that are no copies by their alignment."""
    mine, others = _words(one), _words(other)
    if min(len(mine), len(others)) >= SPACED and not LCSseq.normalized_similarity(mine, others, score_cutoff=ROUGHLY):
        return 0.0  # most that share a key end here, at a twentieth of what an alignment costs
    found = _linking().resembles(one, other)
    return float(found.similarity) if found.is_copy else 0.0


@lru_cache(maxsize=4_096)
def _words(plain: str) -> tuple[str, ...]:
    return tuple(plain.split())


@lru_cache(maxsize=1)
def _linking() -> Any:
    """Loaded with the first text: numpy would add a tenth to what an idle process holds."""
    return import_module("fairboard.screening.links.streaming")


def plain_text(fields: Mapping[str, str]) -> str:
    """The texts of a submission as they are compared."""
    return in_order({name: joined(fold(text)).text for name, text in fields.items()})


def in_order(plain: Mapping[str, str]) -> str:
    """Plain texts by field as one, title before body: PostgreSQL does not keep the order of what is in JSON."""
    return " ".join(plain[name] for name in sorted(plain, reverse=True))


def nearest(text: Text, batch: Batch) -> Near:
    """What resembles a text in the database and earlier in the batch; two statements at most."""
    if not text.keys:
        return NOTHING
    found = {one.subject_id: one for one in _stored(text)}
    found.update({one.subject_id: one for one in batch.candidates(text) if one.subject_id != text.subject_id})
    near = [(alike(text.plain, one.plain), one) for one in found.values()]
    near = [(share, one) for share, one in near if share >= ALIKE]
    if not near:
        return NOTHING
    share, best = min(near, key=lambda pair: (-pair[0], pair[1].subject_id))
    others = [one for _share, one in near]
    return Near(
        best.subject_id, round(share, 4), frozenset(one.subject_id for one in others),
        frozenset(one.author_id for one in others), frozenset(one.place for one in others if one.place),
    )  # fmt: skip


def _stored(text: Text) -> list[Text]:
    """The texts in the database that share most keys, each ad once."""
    one = (
        "SELECT * FROM (SELECT submission_id FROM safety_textkey WHERE key = %s AND submission_id < %s "
        f"ORDER BY submission_id DESC LIMIT {NEWEST}) AS k"
    )
    with connection.cursor() as cursor:
        cursor.execute(  # only the number of keys is put into the text
            "SELECT s.subject_id, s.author_id, s.place, s.fields FROM (SELECT submission_id, count(*) AS n FROM ("
            + " UNION ALL ".join([one] * len(text.keys))
            + f") AS found GROUP BY submission_id ORDER BY n DESC, submission_id LIMIT {2 * HELD_AGAINST}) AS near "
            "JOIN safety_submission AS s ON s.id = near.submission_id WHERE s.subject_id <> %s "
            f"ORDER BY near.n DESC, s.id LIMIT {HELD_AGAINST}",
            [*(value for key in text.keys for value in (key, text.before)), text.subject_id],
        )
        rows = cursor.fetchall()
    return [
        Text(subject, author, place, plain_text(kept if isinstance(kept, dict) else json.loads(kept)), ())
        for subject, author, place, kept in rows
    ]


def remember(found: Sequence[tuple[int, tuple[int, ...]]]) -> None:
    """Keep the keys of submissions (by their numbers), so that what resembles them is found."""
    rows = [(key, number) for number, keys in found for key in keys]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO safety_textkey (key, submission_id) VALUES (%s, %s)", rows)
