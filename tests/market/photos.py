"""Pictures to test with, made on the spot."""

import io

from PIL import Image


def jpeg(size: tuple[int, int] = (640, 480), colour: str = "teal", *, with_place: bool = False) -> bytes:
    """A JPEG; with a place and a camera in its EXIF if wanted."""
    picture = Image.effect_noise(size, 40).convert("RGB")
    picture.paste(Image.new("RGB", (size[0] // 2, size[1] // 2), colour), (10, 10))
    exif = Image.Exif()
    if with_place:
        exif[0x010F] = "Secret Camera Works"
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()
