"""Finding again what was refused: the stores the screening is handed, backed by the database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from fairboard.safety.models import Refused, Submission
from fairboard.screening import RefusedMatch, Result, Stores
from fairboard.screening.fingerprint import bands, similarity


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


@dataclass
class BatchStores:
    """The stores for one batch: what is refused within it is found again before it is written."""

    texts: list[tuple[frozenset[str], tuple[int, ...]]] = field(default_factory=list)
    photos: set[str] = field(default_factory=set)

    @property
    def stores(self) -> Stores:
        """What the screening is handed."""
        return Stores(self, self) if self.texts or self.photos else STORES

    def remember(self, result: Result, photos: Sequence[str]) -> None:
        """Something in this batch was refused."""
        self.texts.append((frozenset(result.bands), result.signature))
        self.photos.update(photos)

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Refused texts in the database and earlier in the batch."""
        here = [
            RefusedMatch("", similarity(kept, signature), "")
            for kept_bands, kept in self.texts
            if not kept_bands.isdisjoint(bands)
        ]
        return sorted([*STORES.refused.similar(bands, signature), *here], key=lambda one: -one.similarity)

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Refused photos in the database and earlier in the batch."""
        return [*STORES.photos.known(hashes), *self.photos.intersection(hashes)]


def batch_stores() -> BatchStores:
    """Fresh stores for one batch."""
    return BatchStores()


def remember(submission: Submission) -> None:
    """Keep what a refused submission can be found again by."""
    keys = [*bands(submission.signature), *submission.photos]
    Refused.objects.bulk_create(
        [Refused(key=key, submission=submission) for key in dict.fromkeys(keys)], ignore_conflicts=True
    )


def forget(submission: Submission) -> None:
    """A refusal was overturned: what resembles it is no longer held for it."""
    Refused.objects.filter(submission=submission).delete()
