"""Photos seen before, so that a recompressed copy of one ties its ad as the photo itself does.

The index holds originals: photos that resembled none before them, with the key of the tie they make. A copy takes the
key of the nearest original, so near photos share one key; a key nobody uses, of an ad that was not placed in the end,
is only a name. As a copy lies within 31 bits of its original, whatever lies within 31 bits of a photo is tied to an
original within 62: that is how all copies of a photo are found again.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings

from fairboard.safety import photo_index, ties
from fairboard.safety.models import Submission, Tie
from fairboard.safety.photo_index import BANK, TURNED, Row, Source
from fairboard.screening.photos.fingerprint import GOOD_QUALITY, MATCH_DISTANCE

COPIES = "fairboard.screening.photos.copies"
BATCH = 2_000
_UNSIGNED = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as a submission names it: SHA-256 and PDQ in hexadecimal, the quality 0 to 100."""

    sha256: str
    pdq: str
    quality: int

    @property
    def matchable(self) -> bool:
        """Whether its PDQ says enough to be compared."""
        return bool(self.pdq) and self.quality >= GOOD_QUALITY


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo of a submission that resembles one that was looked for."""

    kind: str
    subject_id: str
    sha256: str


def photos_of(photos: Sequence[str], hashes: Sequence[Sequence[object]]) -> list[Photo]:
    """The photos of a submission or request; ``hashes`` are ``(pdq, quality)`` in their order, missing ones empty."""
    padded = [*hashes, *([("", 0)] * (len(photos) - len(hashes)))]
    return [Photo(one, str(pdq), int(str(quality))) for one, (pdq, quality) in zip(photos, padded, strict=False)]


def originals(photos: Iterable[Photo]) -> dict[str, int]:
    """For the SHA-256 of each photo that resembles one seen before, the key of that one's tie; raises NotReady."""
    asked = {one.sha256: one.pdq for one in photos if one.matchable}
    values = list(dict.fromkeys(asked.values()))
    near = dict(zip(values, photo_index.nearest(SOURCE, values), strict=True))
    return {name: _signed(near[pdq][0].number) for name, pdq in asked.items() if near[pdq]}


def settle(photos: Sequence[Photo], known: dict[str, int]) -> dict[str, int]:
    """Keep those that resemble none before as originals; the key of each photo (SHA-256) that can be compared.

    ``known`` are the keys `originals` found.
    """
    keys = dict(known)
    fresh = list({one.sha256: one for one in photos if one.matchable and one.sha256 not in keys}.values())
    if not fresh:
        return keys
    values = [bytes.fromhex(one.pdq) for one in fresh]
    rows: list[Row] = []
    for at, first in enumerate(import_module(COPIES).firsts(values)):
        keys[fresh[at].sha256] = ties.key_of("photo", fresh[first].sha256)
        if first == at:
            rows.append((keys[fresh[at].sha256] & _UNSIGNED, values[at]))
    photo_index.add(SOURCE, rows, sync=False)
    return keys


def resembling(pdq: str) -> list[Shown]:
    """Every photo of an ad within 31 bits of a PDQ hash or a turned or mirrored form of it; raises NotReady."""
    near = photo_index.nearest(SOURCE, [pdq], distance=2 * MATCH_DISTANCE, turned=True)[0]
    keys = [_signed(one.number) for one in near]
    forms = [int.from_bytes(one) for one in import_module(TURNED).forms(bytes.fromhex(pdq))]
    found: list[Shown] = []
    for start in range(0, len(keys), ties.CHUNK):
        tied = Tie.objects.filter(key__in=keys[start : start + ties.CHUNK], kind="photo").values("subject_id")
        for one in Submission.objects.filter(kind__in=ties.LINKED, subject_id__in=tied).order_by("pk").iterator():
            found += [
                Shown(one.kind, one.subject_id, photo.sha256)
                for photo in photos_of(one.photos, one.photo_hashes)
                if photo.matchable and min((int(photo.pdq, 16) ^ form).bit_count() for form in forms) <= MATCH_DISTANCE
            ]
    return list(dict.fromkeys(found))


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _rows() -> Iterator[Sequence[Row]]:
    """The originals of all submissions, in the order they came."""
    with tempfile.TemporaryDirectory(dir=Path(settings.INDEX_DIR), prefix="seen-building-") as folder:
        bank = import_module(BANK).PhotoBank(Path(folder))
        for photos in _batches():
            values = [bytes.fromhex(one.pdq) for one in photos]
            near = bank.search_many(values)
            fresh = [at for at, found in enumerate(near) if not found]
            firsts = import_module(COPIES).firsts([values[at] for at in fresh])
            rows = [
                (ties.key_of("photo", photos[at].sha256) & _UNSIGNED, values[at])
                for place, at in enumerate(fresh)
                if firsts[place] == place
            ]
            bank.add(rows, sync=False)
            if bank.pending > max(20_000, len(bank) // 4):
                bank.rebuild()
            yield rows


def _batches() -> Iterator[list[Photo]]:
    photos: list[Photo] = []
    wanted = Submission.objects.filter(kind__in=ties.LINKED).order_by("pk")
    last = 0
    while rows := list(wanted.filter(pk__gt=last).values_list("pk", "photos", "photo_hashes")[:BATCH]):
        last = rows[-1][0]
        photos += [one for _pk, names, hashes in rows for one in photos_of(names, hashes) if one.matchable]
        if len(photos) >= BATCH:
            yield list({one.pdq: one for one in photos}.values())
            photos = []
    if photos:
        yield list({one.pdq: one for one in photos}.values())


def _is_empty() -> bool:
    return not Submission.objects.filter(kind__in=ties.LINKED).exclude(photo_hashes=[]).exists()


def _mark() -> str:
    """The keys depend on the secret key."""
    return hashlib.sha256(b"seen" + settings.IDENTIFIER_KEY.encode()).hexdigest()[:16]


SOURCE = photo_index.register(Source("seen", _rows, _is_empty, lambda: 0, False, _mark))
