"""What an address somebody typed is about."""

import re

from fairboard.market.models import Ad, Photo

_ADDRESS = re.compile(r"(?:^|/)(ad|photo)/([0-9a-z]{16})(?![0-9a-z])")
_ID = re.compile(r"^\s*([0-9a-z]{16})\s*$")


def locate(text: str) -> tuple[str, str] | None:
    """``("ad", id)`` of the address of an ad or of one of its photos, or of a bare id; None of anything else."""
    address, bare = _ADDRESS.search(text), _ID.match(text)
    if address and address[1] == "photo":
        photo = Photo.objects.filter(public_id=address[2]).select_related("ad").first()
        return ("ad", photo.ad.public_id) if photo and photo.ad else None
    wanted = address[2] if address else (bare[1] if bare else "")
    return ("ad", wanted) if wanted and Ad.objects.filter(public_id=wanted).exists() else None
