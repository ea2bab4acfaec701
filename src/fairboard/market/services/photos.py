"""Photos: stored under the name of their content, private until an ad that shows them is live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Entry, Subject, record, record_many
from fairboard.market import events, pictures
from fairboard.market.models import Photo, SavedDraft
from fairboard.market.services.saving import Holder, own_draft
from fairboard.people.queries import member_pk, member_pks

MOST_PHOTOS = 12
SAME_BITS = 6
"""Bits of 256 by which the hashes of one picture differ once it is saved anew (docs/photos.md: 2 to 6 seen)."""
CLEAR = 80
"""The least quality of a hash, of 100, that tells two pictures of one room apart."""


class Duplicate(Invalid):
    """The ad shows this picture already."""

    code = "duplicate-photo"


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
    return _keep(pictures.encode(raw), actor, member_pk(actor.id), None, at)


def add_to_draft(*, holder: Holder, draft_id: str, raw: bytes, at: datetime) -> PhotoRow:
    """Check, re-encode and keep one photo of a draft, a visitor's too.

    Raises BadPicture, Duplicate when the draft shows the same picture already, NotFound for somebody else's draft.
    """
    encoded = pictures.encode(raw)
    with transaction.atomic():
        draft = own_draft(holder, draft_id)
        if len(draft.photos) >= MOST_PHOTOS:
            raise Invalid(_("An ad can show %(n)d photos.") % {"n": MOST_PHOTOS}, field="photos")
        if any(is_alike(encoded, photo) for photo in Photo.objects.filter(public_id__in=draft.photos)):
            raise Duplicate(_("This photo is in the ad already."), field="photos")
        made = _keep(encoded, holder.actor, draft.owner_id, draft, at)
        draft.photos = [*draft.photos, made.id]
        draft.updated_at = at
        draft.save(update_fields=["photos", "updated_at"])
    return made


def rotate(*, holder: Holder, photo_id: str, at: datetime, draft_id: str = "") -> PhotoRow:
    """A photo turned a quarter to the right, as a new one: what an ad showed before stays as it was.

    Raises NotFound for a photo that is not one's own.
    """
    photo = Photo.objects.select_related("owner", "draft").filter(public_id=photo_id[:16]).first()
    if photo is None or not _may_use(holder, photo):
        raise NotFound(_("You have no such photo."))
    try:
        with default_storage.open(pictures.path_of(photo.key, "l")) as stream:
            encoded = pictures.turned(stream.read(), photo.sha256, photo.md5)
    except FileNotFoundError as error:
        raise NotFound(_("You have no such photo.")) from error
    with transaction.atomic():
        draft = own_draft(holder, draft_id) if draft_id else photo.draft
        made = _keep(encoded, holder.actor, photo.owner_id, draft, at)
        if draft is not None:
            draft.photos = [made.id if one == photo_id else one for one in draft.photos]
            draft.save(update_fields=["photos"])
    return made


def _may_use(holder: Holder, photo: Photo) -> bool:
    if photo.owner is not None:
        return bool(holder.actor.id) and photo.owner.public_id == holder.actor.id
    return photo.draft is not None and photo.draft.public_id in holder.drafts


def is_alike(encoded: pictures.Encoded, photo: Photo) -> bool:
    """Whether a picture is one that is there already: the same file, the same content, or the same but saved anew."""
    if encoded.sha256 == photo.sha256 or encoded.key == photo.key:
        return True
    if not photo.pdq or min(encoded.quality, photo.quality) < CLEAR:
        return False
    return (int(encoded.pdq, 16) ^ int(photo.pdq, 16)).bit_count() <= SAME_BITS


def _keep(
    encoded: pictures.Encoded, actor: Actor, owner: int | None, draft: SavedDraft | None, at: datetime
) -> PhotoRow:
    store(encoded)
    with transaction.atomic():
        photo = Photo.objects.create(
            owner_id=owner, draft=draft, sha256=encoded.sha256, md5=encoded.md5, key=encoded.key,
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
