"""Photos: stored under the name of their content, private until an ad that shows them is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.market import events, pictures
from fairboard.market.models import Photo
from fairboard.people.queries import member_pk, member_pks

MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo as pages and the API show it; sizes in pixels of the large picture."""

    id: str
    width: int
    height: int
    colour: str


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
            owner_id=member_pk(actor.id), sha256=encoded.sha256, md5=encoded.md5, key=encoded.key,
            width=encoded.width, height=encoded.height, colour=encoded.colour, pdq=encoded.pdq,
            quality=encoded.quality, created_at=at,
        )  # fmt: skip
        record(kind=events.PHOTO_ADDED, subject=Subject("photo", photo.public_id), actor=actor, at=at)
    return row(photo)


def add_encoded(*, rows: Sequence[tuple[Actor, pictures.Encoded]], actor: Actor, at: datetime) -> list[PhotoRow]:
    """Keep many pictures that are encoded already, each for its owner; raises Forbidden.

    For imports and the demo: a picture several members show is stored once.
    """
    if not actor.can("ads.import"):
        raise Forbidden
    owners = member_pks({owner.id for owner, _picture in rows})
    for picture in {picture.key: picture for _owner, picture in rows}.values():
        store(picture)
    with transaction.atomic():
        photos = [
            Photo(
                owner_id=owners[owner.id], sha256=picture.sha256, md5=picture.md5, key=picture.key,
                width=picture.width, height=picture.height, colour=picture.colour, pdq=picture.pdq,
                quality=picture.quality, created_at=at,
            )
            for owner, picture in rows
        ]  # fmt: skip
        bulk.insert(photos)
        entries = [Entry(events.PHOTO_ADDED, Subject("photo", photo.public_id), {}) for photo in photos]
        record_many(entries=entries, actor=actor, at=at)
    return [row(photo) for photo in photos]


def store(encoded: pictures.Encoded) -> None:
    """Write the sizes of a picture that are not there yet."""
    for size, content in encoded.files.items():
        path = pictures.path_of(encoded.key, size)
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))


def row(photo: Photo) -> PhotoRow:
    """What others see of a photo row."""
    return PhotoRow(photo.public_id, photo.width, photo.height, photo.colour)
