"""Photos: stored under the name of their content, private until an ad that shows them is live."""

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.ledger.services import Subject, record
from fairboard.market import events, pictures
from fairboard.market.models import Photo
from fairboard.people.queries import member_pk

MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo as pages and the API show it; sizes in pixels of the large picture."""

    id: str
    width: int
    height: int
    colour: str


def path_of(key: str, size: str) -> str:
    """Where a size of a picture lies in the storage."""
    return f"photos/{key[:2]}/{key}-{size}.webp"


def add_photo(*, actor: Actor, raw: bytes, at: datetime) -> PhotoRow:
    """Check, re-encode and keep one photo of a member.

    Raises BadPicture when it cannot be shown, Forbidden for somebody who may not post. The files are
    written first: a file without a row is harmless, a row without a file is not.
    """
    if not actor.can("ads.post") or not actor.id:
        raise Forbidden
    encoded = pictures.encode(raw)
    store(encoded)
    with transaction.atomic():
        photo = Photo.objects.create(
            owner_id=member_pk(actor.id), sha256=encoded.sha256, key=encoded.key, width=encoded.width,
            height=encoded.height, colour=encoded.colour, created_at=at,
        )  # fmt: skip
        record(kind=events.PHOTO_ADDED, subject=Subject("photo", photo.public_id), actor=actor, at=at)
    return row(photo)


def store(encoded: pictures.Encoded) -> None:
    """Write the sizes of a picture that are not there yet."""
    for size, content in encoded.files.items():
        path = path_of(encoded.key, size)
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))


def row(photo: Photo) -> PhotoRow:
    """What others see of a photo row."""
    return PhotoRow(photo.public_id, photo.width, photo.height, photo.colour)
