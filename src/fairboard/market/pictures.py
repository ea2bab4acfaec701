"""From uploaded bytes to safe pictures: sniffed, bounded, turned upright, re-encoded without metadata."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from fairboard.kit.problems import Invalid

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "BMP", "TIFF")
LARGEST_BYTES = 20_000_000
MOST_PIXELS = 60_000_000
SIZES = {"s": 400, "m": 900, "l": 1600}
"""The longest side of each kept size, in pixels."""
PDQ = "fairboard.screening.photos.pdq"
"""Loaded with the first photo: numpy would add a tenth to what an idle process holds."""
HEIF = "pillow_heif"
"""Loaded with the first photo too."""
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


class BadPicture(Invalid):
    """The file is not a picture that can be shown."""

    code = "bad-picture"
    title = gettext_lazy("This photo cannot be used")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture ready to be stored: WebP bytes by size, no metadata."""

    sha256: str
    md5: str
    key: str
    width: int
    height: int
    colour: str
    pdq: str
    quality: int
    files: dict[str, bytes]


def path_of(key: str, size: str) -> str:
    """Where a size of a picture lies in the storage."""
    return f"photos/{key[:2]}/{key}-{size}.webp"


def encode(raw: bytes) -> Encoded:
    """Decode, check and re-encode a picture; raises BadPicture with a reason the sender understands."""
    if not raw:
        raise BadPicture(_("The file is empty."), field="photos")
    if len(raw) > LARGEST_BYTES:
        raise BadPicture(_("The file is larger than 20 MB. Send a smaller one."), field="photos")
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()  # what lists of known files still go by
    return resized(_decode(raw), hashlib.sha256(raw).hexdigest(), md5)


def resized(picture: Image.Image, sha256: str, md5: str = "") -> Encoded:
    """A decoded picture in the sizes that are kept; hashes are of the file it came in. Changes the picture."""
    files, encoded = {}, b""
    width, height = picture.size
    pdq = import_module(PDQ).compute(picture)
    for name in ("l", "m", "s"):
        longest = SIZES[name]
        if max(picture.size) > longest:
            picture.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
            encoded = b""
        if name == "l":
            width, height = picture.size
        encoded = encoded or _webp(picture)  # one that is small enough already is the same in both sizes
        files[name] = encoded
    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return Encoded(
        sha256, md5, hashlib.sha256(files["l"]).hexdigest(), width, height,
        f"#{red:02x}{green:02x}{blue:02x}", pdq.hex, pdq.quality, files,
    )  # fmt: skip


def turned(raw: bytes, sha256: str, md5: str) -> Encoded:
    """A kept picture turned a quarter to the right; the hashes named are of the file it came in."""
    with Image.open(io.BytesIO(raw), formats=("WEBP",)) as opened:
        return resized(opened.convert("RGB").transpose(Image.Transpose.ROTATE_270), sha256, md5)


def _webp(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=80, method=2)
    return buffer.getvalue()


def _decode(raw: bytes) -> Image.Image:
    _read_heif()
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture(_("The photo has too many pixels. Send a smaller one."), field="photos")
            if min(opened.size) < 80:
                raise BadPicture(_("The photo is too small to show anything."), field="photos")
            opened.draft("RGB", (SIZES["l"], SIZES["l"]))  # JPEG decodes straight to a near size
            upright = ImageOps.exif_transpose(opened)
            flat = _on_white(upright)
            flat.info.clear()
            return flat
    except BadPicture:
        raise
    except UnidentifiedImageError as error:
        raise BadPicture(
            _("This is not a photo we can read. JPEG, PNG, WebP and HEIC work."), field="photos"
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(_("The photo has too many pixels. Send a smaller one."), field="photos") from error
    except Exception as error:  # decoders fail in many ways on damaged files; none may become a 500
        raise BadPicture(_("The photo is damaged. Try taking or saving it again."), field="photos") from error


@cache
def _read_heif() -> None:
    import_module(HEIF).register_heif_opener()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return picture.convert("RGB")
