"""What a file is (SHA-256, MD5) and what its photo looks like (PDQ and its turned and mirrored forms)."""

import hashlib
import io

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from fairboard.screening.photos.fingerprint import Digests, Fingerprint
from fairboard.screening.photos.pdq import dihedral, on_white

pillow_heif.register_heif_opener()

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "BMP", "TIFF")
LARGEST_BYTES = 20_000_000
MOST_PIXELS = 60_000_000


class UnreadablePhoto(ValueError):
    """The file cannot be looked at. ``code``: empty, too-many-bytes, not-a-photo, too-many-pixels or damaged."""

    def __init__(self, code: str, reason: str, digests: Digests) -> None:
        """``reason`` is a sentence; ``digests`` are still good to compare with banks of exact hashes."""
        super().__init__(reason)
        self.code = code
        self.digests = digests


def digests(raw: bytes) -> Digests:
    """The exact hashes of a file's bytes."""
    return Digests(hashlib.sha256(raw).hexdigest(), hashlib.md5(raw, usedforsecurity=False).hexdigest())


def fingerprint(raw: bytes) -> Fingerprint:
    """Decode a file and hash its first picture, turned upright; raises UnreadablePhoto, whatever the bytes are."""
    exact = digests(raw)
    picture = _decode(raw, exact)
    forms = dihedral(picture)
    return Fingerprint(
        exact.sha256, exact.md5, forms[0].hex, forms[0].quality, *picture.size, tuple(form.hex for form in forms)
    )


def _decode(raw: bytes, exact: Digests) -> Image.Image:
    if not raw:
        raise UnreadablePhoto("empty", "The file is empty.", exact)
    if len(raw) > LARGEST_BYTES:
        raise UnreadablePhoto("too-many-bytes", f"The file is larger than {LARGEST_BYTES // 1_000_000} MB.", exact)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UnreadablePhoto(
                    "too-many-pixels", f"{opened.width} x {opened.height} pixels are too many.", exact
                )
            return on_white(ImageOps.exif_transpose(opened))
    except UnreadablePhoto:
        raise
    except UnidentifiedImageError as error:
        raise UnreadablePhoto("not-a-photo", "The file is no photo of a known format.", exact) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePhoto("too-many-pixels", "The photo has too many pixels.", exact) from error
    except Exception as error:  # decoders fail in many ways on damaged files
        raise UnreadablePhoto("damaged", f"The photo is damaged: {error or type(error).__name__}.", exact) from error
