"""A part of the gate: ties what resembles a refused text or photo to what was refused."""

from collections.abc import Sequence
from datetime import datetime

from fairboard.safety import parts, refused
from fairboard.safety.models import Refused, Resemblance, Submission
from fairboard.safety.parts import Judged
from fairboard.safety.seen import photos_of
from fairboard.screening.fingerprint import similarity

LEAST = 0.6
"""How close a text must be, as in the rule that holds it."""
MOST = 5
POLICY = "resubmission"
"""The policy of the rules that hold what resembles something refused."""


def keep(judged: Sequence[Judged], at: datetime) -> None:
    """Keep which refused submissions each flagged one resembles, those of the same batch included."""
    rows: list[Resemblance] = []
    for number, one in enumerate(judged):
        if any(reason.policy == POLICY for reason in one.result.reasons):
            rows += _texts(one, judged[:number], at)
            rows += _photos(one, at) if one.request.photos else []
    Resemblance.objects.bulk_create(rows, ignore_conflicts=True)


def _texts(one: Judged, before: Sequence[Judged], at: datetime) -> list[Resemblance]:
    matches = refused.STORES.refused.similar(one.result.bands, one.result.signature)
    close = {match.submission_id: match.similarity for match in matches if match.similarity >= LEAST}
    known = Submission.objects.filter(public_id__in=list(close)[:MOST]).exclude(pk=one.submission.pk)
    found = [(other, close[other.public_id]) for other in known]
    bands = set(one.result.bands)
    for other in before:
        if other.submission.verdict == "reject" and not bands.isdisjoint(other.result.bands):
            found.append((other.submission, similarity(other.result.signature, one.result.signature)))
    return [
        Resemblance(submission=one.submission, refused=other, by="text", similarity=close_to, at=at)
        for other, close_to in sorted(found, key=lambda pair: -pair[1])[:MOST]
        if close_to >= LEAST
    ]


def _photos(one: Judged, at: datetime) -> list[Resemblance]:
    keys = Refused.objects.filter(key__in=one.request.photos).exclude(submission=one.submission)
    found = dict.fromkeys(keys.order_by("-pk").values_list("submission_id", flat=True), 1.0)
    for near in refused.near(photos_of(one.request.photos, one.request.photo_hashes)):
        if near.submission != one.submission.pk:
            found.setdefault(near.submission, 1 - near.distance / 256)
    return [
        Resemblance(submission=one.submission, refused_id=pk, by="photo", similarity=close_to, at=at)
        for pk, close_to in list(found.items())[:MOST]
    ]


parts.register(parts.Part("laundering", keep=keep))
