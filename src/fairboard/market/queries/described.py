"""What the desk is told of an ad: enough to judge it in its surroundings, by kind and public id only."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop

from fairboard.market import catalogue
from fairboard.market.models import Ad, Photo, Revision
from fairboard.market.pictures import path_of
from fairboard.market.queries.ads import facts, photo_address
from fairboard.safety.registry import Description


def describe(subject_id: str) -> Description | None:
    """Title, address, state, author and photos of an ad; None when there is none."""
    ad = Ad.objects.select_related("seller", "current").filter(public_id=subject_id).first()
    if ad is None or ad.current is None:
        return None
    category = catalogue.current().category_by_pk[ad.current.category_id]
    live = Ad.objects.filter(seller=ad.seller, state="live").count()
    return Description(
        title=ad.current.title, url=ad.path, state=ad.state, author_id=ad.seller.public_id,
        author_name=ad.seller.display_name,
        thumbnails=[photo_address(photo, "m") for photo in ad.current.photos],
        facts=[*facts(category, ad.current.attributes), (gettext_noop("Live ads of this member"), str(live))],
    )  # fmt: skip


def photos(subject_id: str, revision: int | None = None) -> Iterator[tuple[str, bytes]]:
    """The photos of an ad's versions, or of one, in their largest size, named by the SHA-256 of the file that was sent.

    One whose file is gone is left out: evidence says which of the submission's photos are missing.
    """
    versions = Revision.objects.filter(ad__public_id=subject_id)
    if revision is not None:
        versions = versions.filter(number=revision)
    shown = versions.order_by("number").values_list("photos", flat=True)
    wanted = list(dict.fromkeys(photo for one in shown for photo in one))
    for photo in Photo.objects.filter(public_id__in=wanted).order_by("pk"):
        try:
            with default_storage.open(path_of(photo.key, "l")) as stream:
                yield f"{photo.sha256}-{photo.public_id}.webp", stream.read()
        except OSError:
            continue
