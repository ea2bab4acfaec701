"""The photos of a version as files, for a package an authority ordered."""

from django.core.files.storage import default_storage

from fairboard.market.models import Photo, Revision
from fairboard.market.pictures import path_of


def photo_files(ad_id: str, revision: int) -> dict[str, bytes]:
    """The large size of each photo of a version, by a name that says its place; a missing file is left out."""
    found = Revision.objects.filter(ad__public_id=ad_id, number=revision).first()
    if found is None:
        return {}
    rows = {photo.public_id: photo for photo in Photo.objects.filter(public_id__in=found.photos)}
    files: dict[str, bytes] = {}
    for number, photo_id in enumerate(found.photos, 1):
        path = path_of(rows[photo_id].key, "l") if photo_id in rows else ""
        if path and default_storage.exists(path):
            with default_storage.open(path) as stream:
                files[f"photo-{number}.webp"] = stream.read()
    return files
