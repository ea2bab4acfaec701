"""Finding again what was refused: the stores the screening is handed, backed by the database."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from django.db import connection, transaction

from fairboard.safety import photo_index
from fairboard.safety.models import Refused, Submission
from fairboard.safety.parts import Request
from fairboard.safety.photo_index import TURNED, Row, Source
from fairboard.safety.seen import Photo, photos_of
from fairboard.screening import RefusedMatch, Result, Stores
from fairboard.screening.fingerprint import bands, similarity
from fairboard.screening.photos.fingerprint import MATCH_DISTANCE

log = logging.getLogger("fairboard.safety")
PLACES = 16
"""A photo's number in the index: its submission's, times so many, and its place there; later photos are left out."""
CHUNK = 2_000


class RefusedTexts:
    """Refused texts by the bands of their fingerprint, without those of the subject at hand's own allowed past."""

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Refused texts that share at least one band, the most similar first."""
        if not bands:
            return ()
        marks = ", ".join(["%s"] * len(bands))
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                "SELECT s.public_id, s.signature FROM (SELECT submission_id FROM safety_refused "
                f"WHERE key IN ({marks}) GROUP BY submission_id ORDER BY count(*) DESC LIMIT 50) AS near "
                "JOIN safety_submission AS s ON s.id = near.submission_id",
                list(bands),
            )
            found = [(one, kept if isinstance(kept, list) else json.loads(kept)) for one, kept in cursor.fetchall()]
        matches = [RefusedMatch(one, similarity(kept, signature), "") for one, kept in found]
        return sorted(matches, key=lambda one: -one.similarity)


class RefusedPhotos:
    """Photos of refused submissions by their SHA-256."""

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Those of the hashes that were part of something refused."""
        return list(Refused.objects.filter(key__in=hashes).values_list("key", flat=True).distinct())


STORES = Stores(RefusedTexts(), RefusedPhotos())


@dataclass(frozen=True, slots=True)
class NearRefused:
    """A photo (SHA-256) that resembles one of a refused submission, and in how many bits it differs."""

    photo: str
    submission: int
    distance: int


@dataclass
class BatchStores:
    """The stores for one batch: what is refused within it is found again before it is written.

    ``shared`` are the bands of the batch that some refused text has; None when that was not looked up.
    """

    shared: frozenset[str] | None = None
    texts: list[tuple[frozenset[str], tuple[int, ...]]] = field(default_factory=list)
    photos: set[str] = field(default_factory=set)
    pdqs: list[int] = field(default_factory=list)

    def of(self, asked: Request) -> Stores:
        """What the screening is handed for one request, whose photos are found by what they look like as well."""
        return Stores(self, PhotosOf(self, {one.sha256: one for one in photos_of(asked.photos, asked.photo_hashes)}))

    def remember(self, result: Result, asked: Request) -> None:
        """Something in this batch was refused."""
        self.texts.append((frozenset(result.bands), result.signature))
        self.photos.update(asked.photos)
        photos = photos_of(asked.photos, asked.photo_hashes)
        self.pdqs += [int(one.pdq, 16) for one in photos if one.matchable]

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Refused texts in the database and earlier in the batch."""
        here = [
            RefusedMatch("", similarity(kept, signature), "")
            for kept_bands, kept in self.texts
            if not kept_bands.isdisjoint(bands)
        ]
        is_asked = self.shared is None or not self.shared.isdisjoint(bands)
        kept = STORES.refused.similar(bands, signature) if is_asked else ()
        return sorted([*kept, *here], key=lambda one: -one.similarity)


@dataclass(frozen=True)
class PhotosOf:
    """The photos of one request against those refused: the same file, a copy, a turned or mirrored copy."""

    batch: BatchStores
    photos: Mapping[str, Photo]

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Those of the hashes that were part of something refused, or resemble what was; raises NotReady."""
        known = {*STORES.photos.known(hashes), *self.batch.photos.intersection(hashes)}
        rest = [self.photos[one] for one in hashes if one in self.photos and one not in known]
        known.update(one.photo for one in near(rest))
        known.update(one.sha256 for one in rest if one.matchable and self._is_near_here(one))
        return [one for one in hashes if one in known]

    def _is_near_here(self, photo: Photo) -> bool:
        if not self.batch.pdqs:
            return False
        forms = [int.from_bytes(one) for one in import_module(TURNED).forms(bytes.fromhex(photo.pdq))]
        return any((form ^ other).bit_count() <= MATCH_DISTANCE for form in forms for other in self.batch.pdqs)


def near(photos: Sequence[Photo]) -> list[NearRefused]:
    """What refused photos these resemble within 31 bits, turned and mirrored forms too, as decisions stand now.

    The nearest first for each photo; raises NotReady.
    """
    asked = [one for one in photos if one.matchable]
    found = photo_index.nearest(SOURCE, [one.pdq for one in asked], turned=True)
    standing = _standing({one.number for row in found for one in row})
    return [
        NearRefused(photo.sha256, one.number // PLACES, one.distance)
        for photo, row in zip(asked, found, strict=True)
        for one in row
        if standing.get(one.number) == one.value.hex()
    ]


def _standing(numbers: set[int]) -> dict[int, str]:
    """The hashes of those photos whose refusal stands."""
    if not numbers:
        return {}
    wanted = {number // PLACES for number in numbers}
    kept = Refused.objects.filter(submission__in=wanted).values_list("submission_id", "key")
    refused = set(kept)
    rows = Submission.objects.filter(pk__in=wanted).values_list("pk", "photos", "photo_hashes")
    return {
        pk * PLACES + place: one.pdq
        for pk, photos, hashes in rows
        for place, one in enumerate(photos_of(photos, hashes))
        if (pk, one.sha256) in refused
    }


def batch_stores(requests: Sequence[Request]) -> BatchStores:
    """Fresh stores for one batch, whose bands are looked up together: most texts share none with a refused one."""
    if len(requests) == 1 or not all(one.prepared for one in requests):
        return BatchStores()
    try:
        with transaction.atomic():
            return BatchStores(_shared({band for one in requests if one.prepared for band in one.prepared.bands}))
    except Exception:
        log.exception("the bands of a batch cannot be looked up together: each text is looked up by itself")
        return BatchStores()


def _shared(bands: set[str]) -> frozenset[str]:
    """Those of the bands that some refused text has."""
    wanted = sorted(bands)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"SELECT DISTINCT key FROM safety_refused WHERE key IN ({', '.join(['%s'] * len(part))})", part
            )
            found.update(key for (key,) in cursor.fetchall())
    return frozenset(found)


def remember(submission: Submission) -> None:
    """Keep what a refused submission can be found again by."""
    keys = [*bands(submission.signature), *submission.photos]
    Refused.objects.bulk_create(
        [Refused(key=key, submission=submission) for key in dict.fromkeys(keys)], ignore_conflicts=True
    )
    photo_index.add(SOURCE, _hashes(submission.pk, submission.photos, submission.photo_hashes))


def forget(submission: Submission) -> None:
    """A refusal was overturned: what resembles it is no longer held for it. Its hashes stay in the index, idle."""
    Refused.objects.filter(submission=submission).delete()


def _hashes(pk: int, photos: Sequence[str], hashes: Sequence[Sequence[object]]) -> list[Row]:
    return [
        (pk * PLACES + place, bytes.fromhex(one.pdq))
        for place, one in enumerate(photos_of(photos, hashes)[:PLACES])
        if one.matchable
    ]


def _rows() -> Iterator[Sequence[Row]]:
    last = 0
    wanted = Submission.objects.filter(pk__in=Refused.objects.values("submission")).order_by("pk")
    while batch := list(wanted.filter(pk__gt=last).values_list("pk", "photos", "photo_hashes")[:CHUNK]):
        yield [row for one in batch for row in _hashes(*one)]
        last = batch[-1][0]


def _is_empty() -> bool:
    wanted = Submission.objects.filter(pk__in=Refused.objects.values("submission"))
    return not wanted.exclude(photo_hashes=[]).exists()


SOURCE = photo_index.register(Source("refused", _rows, _is_empty, lambda: 0))
