"""Near-copies of a text among everything placed before, found while it is being placed.

Each text leaves a few keys; texts that share one are held against each other. Texts that resemble each other become
one template: an identifier that ties ads as a telephone number does, named after the first of them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from itertools import chain
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
LAST = 2**62
"""More than the number of any submission."""
CHUNK = 2_000
LONGEST_KEPT = 1_000
"""Characters of a text whose plain form is kept in the process for a while."""
HELD_AGAINST = 6
"""Texts that are compared in full, those that share most keys."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be looked for: the ad it is of, its plain letters, its keys."""

    subject_id: str
    author_id: str
    place: str
    plain: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """The ad whose text is nearest, of whom and where, how near it is, and who else wrote such a text where."""

    subject_id: str = ""
    author_id: str = ""
    place: str = ""
    similarity: float = 0.0
    subjects: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()


NOTHING = Near()


def keys_of_many(plain: Sequence[str]) -> list[tuple[int, ...]]:
    """The keys each text is found by, `MOST_KEYS` at most; none for one too short to compare."""
    if len(plain) == 1:
        return [_keys_of(plain[0])]
    return [keys[:MOST_KEYS] for keys in _linking().keys_of_many(plain)]


@lru_cache(maxsize=1_024)
def _keys_of(plain: str) -> tuple[int, ...]:
    """Asked for before and after the judgement: the second time they are remembered."""
    found: tuple[int, ...] = _linking().keys_of(plain)[:MOST_KEYS]
    return found


@lru_cache(maxsize=1)
def _linking() -> Any:
    """Loaded with the first text: numpy would add a tenth to what an idle process holds."""
    return import_module("fairboard.screening.links.streaming")


def plain_text(fields: Mapping[str, str]) -> str:
    """The texts of a submission as they are compared."""
    return in_order({name: _plain(text) for name, text in fields.items()})


def _plain(text: str) -> str:
    return _kept_plain(text) if len(text) <= LONGEST_KEPT else joined(fold(text)).text


@lru_cache(maxsize=4_096)
def _kept_plain(text: str) -> str:
    """Every other text that is looked at was looked at a moment ago."""
    return joined(fold(text)).text


def in_order(plain: Mapping[str, str]) -> str:
    """Plain texts by field as one, title before body: PostgreSQL does not keep the order of what is in JSON."""
    return " ".join(plain[name] for name in sorted(plain, reverse=True))


def nearest(texts: Sequence[Text], before: int = LAST) -> list[Near]:
    """What resembles each text in the database and among the texts before it, as if these were written already.

    ``before`` bounds the submissions by their numbers. Two statements, and one more for each `CHUNK` keys or
    submissions.
    """
    numbers = _candidates(texts, _by_key({key for text in texts for key in text.keys}, before))
    stored = _stored({one for found in numbers for one in found if one < LAST})
    subjects = {number: one.subject_id for number, one in stored.items()}
    subjects |= {LAST + place: one.subject_id for place, one in enumerate(texts)}
    held: list[list[Text]] = []
    for text, found in zip(texts, numbers, strict=True):
        others = [one for one in found if subjects.get(one, text.subject_id) != text.subject_id][:HELD_AGAINST]
        chosen = {subjects[one]: one for one in others}.values()
        held.append([texts[one - LAST] if one >= LAST else stored[one].text for one in chosen])
    shares = _shares([(text.plain, other.plain) for text, others in zip(texts, held, strict=True) for other in others])
    return [_near([(next(shares), other) for other in others]) for others in held]


@dataclass(frozen=True)
class _Stored:
    """A submission among those a text may resemble; its texts are made plain when they are asked for."""

    subject_id: str
    author_id: str
    place: str
    fields: Any

    @cached_property
    def text(self) -> Text:
        """As a text to be compared."""
        fields = self.fields if isinstance(self.fields, dict) else json.loads(self.fields)
        return Text(self.subject_id, self.author_id, self.place, plain_text(fields), ())


def _near(compared: list[tuple[float, Text]]) -> Near:
    near = [(share, one) for share, one in compared if share]
    if not near:
        return NOTHING
    share, best = min(near, key=lambda pair: (-pair[0], pair[1].subject_id))
    others = [one for _share, one in near]
    return Near(
        best.subject_id, best.author_id, best.place, round(share, 4), frozenset(one.subject_id for one in others),
        frozenset(one.author_id for one in others), frozenset(one.place for one in others if one.place),
    )  # fmt: skip


def _candidates(texts: Sequence[Text], by_key: Mapping[int, list[int]]) -> list[list[int]]:
    """For each text the submissions that share most of its keys, the oldest of equals first.

    A text of this batch has the number `LAST` and its place in it: it is newer than every submission.
    """
    found: list[list[int]] = []
    for place, text in enumerate(texts):
        shared = Counter(chain.from_iterable([by_key[key][-NEWEST:] for key in text.keys]))
        for key in text.keys:
            by_key[key].append(LAST + place)
        found.append(_most_shared(shared))
    return found


def _most_shared(shared: Mapping[int, int]) -> list[int]:
    """The numbers that come most often, the least of equals first."""
    fewest = sorted(shared.values(), reverse=True)[: 2 * HELD_AGAINST]
    often = [(-times, number) for number, times in shared.items() if times >= fewest[-1]]
    return [number for _times, number in sorted(often)[: 2 * HELD_AGAINST]]


def _by_key(keys: Iterable[int], before: int) -> dict[int, list[int]]:
    """The newest submissions under each of the keys, the oldest first."""
    wanted = sorted(keys)
    found: dict[int, list[int]] = {key: [] for key in wanted}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"WITH asked(key) AS (VALUES {', '.join(['(%s)'] * len(part))}), "
                "bounds AS MATERIALIZED (SELECT key, COALESCE((SELECT o.submission_id FROM safety_textkey o "
                "WHERE o.key = asked.key AND o.submission_id < %s "
                f"ORDER BY o.submission_id DESC LIMIT 1 OFFSET {NEWEST - 1}), 0) AS oldest FROM asked) "
                "SELECT t.key, t.submission_id FROM bounds JOIN safety_textkey t ON t.key = bounds.key "
                "AND t.submission_id >= bounds.oldest AND t.submission_id < %s",
                [*part, before, before],
            )
            for key, number in cursor.fetchall():
                found[key].append(number)
    for numbers in found.values():
        numbers.sort()
    return found


def _stored(numbers: Iterable[int]) -> dict[int, _Stored]:
    """Submissions by their numbers."""
    wanted = sorted(numbers)
    found: dict[int, _Stored] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                "SELECT id, subject_id, author_id, place, fields FROM safety_submission "
                f"WHERE id IN ({', '.join(['%s'] * len(part))})",
                part,
            )
            found.update({number: _Stored(*row) for number, *row in cursor.fetchall()})
    return found


def _shares(pairs: Sequence[tuple[str, str]]) -> Iterator[float]:
    """How alike the two plain texts of each pair are, `ALIKE` to 1; 0 for two that are no copies."""
    close = [_is_close(one, other) for one, other in pairs]
    wanted = list(dict.fromkeys(text for pair, may in zip(pairs, close, strict=True) if may for text in pair))
    letters = dict(zip(wanted, _linking().letters_of(wanted) if wanted else (), strict=True))
    for (one, other), may in zip(pairs, close, strict=True):
        yield _linking().likeness(letters[one], letters[other], ALIKE) if may else 0.0


def _is_close(one: str, other: str) -> bool:
    """Whether two texts are worth aligning properly: most that share a key are not, which costs a twentieth."""
    mine, others = _words(one), _words(other)
    if min(len(mine), len(others)) < SPACED:
        return True
    return bool(LCSseq.normalized_similarity(mine, others, score_cutoff=ROUGHLY))


@lru_cache(maxsize=4_096)
def _words(plain: str) -> tuple[str, ...]:
    return tuple(plain.split())


def remember(found: Sequence[tuple[int, tuple[int, ...]]]) -> None:
    """Keep the keys of submissions (by their numbers), so that what resembles them is found."""
    rows = [(key, number) for number, keys in found for key in keys]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO safety_textkey (key, submission_id) VALUES (%s, %s)", rows)
