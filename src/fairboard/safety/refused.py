"""Finding again what was refused: the stores the screening is handed, backed by the database."""

from collections.abc import Sequence

from fairboard.safety.models import Refused, Submission
from fairboard.screening import RefusedMatch, Stores
from fairboard.screening.fingerprint import bands, similarity


class RefusedTexts:
    """Refused texts by the bands of their fingerprint, without those of the subject at hand's own allowed past."""

    def similar(self, bands: Sequence[str], signature: Sequence[int]) -> Sequence[RefusedMatch]:
        """Refused texts that share at least one band, the most similar first."""
        if not bands:
            return ()
        found = (
            Submission.objects.filter(pk__in=Refused.objects.filter(key__in=bands).values("submission")[:50])
            .only("public_id", "signature")
        )
        matches = [RefusedMatch(one.public_id, similarity(one.signature, signature), "") for one in found]
        return sorted(matches, key=lambda one: -one.similarity)


class RefusedPhotos:
    """Photos of refused submissions by their SHA-256."""

    def known(self, hashes: Sequence[str]) -> Sequence[str]:
        """Those of the hashes that were part of something refused."""
        return list(Refused.objects.filter(key__in=hashes).values_list("key", flat=True).distinct())


STORES = Stores(RefusedTexts(), RefusedPhotos())


def remember(submission: Submission) -> None:
    """Keep what a refused submission can be found again by."""
    keys = [*bands(submission.signature), *submission.photos]
    Refused.objects.bulk_create(
        [Refused(key=key, submission=submission) for key in dict.fromkeys(keys)], ignore_conflicts=True
    )


def forget(submission: Submission) -> None:
    """A refusal was overturned: what resembles it is no longer held for it."""
    Refused.objects.filter(submission=submission).delete()
