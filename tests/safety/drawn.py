"""Pictures drawn for the tests, and what people do to a picture to have it pass as another."""

import io

from PIL import Image, ImageDraw, ImageFilter, ImageOps


def drawn(seed: int) -> Image.Image:
    """A picture with enough in it to be compared; each seed another one."""
    picture = Image.new("RGB", (800, 600), (seed * 53 % 256, seed * 97 % 256, 120))
    draw = ImageDraw.Draw(picture)
    for step in range(24):
        x, y = (seed * 131 + step * 211) % 760, (seed * 71 + step * 157) % 560
        size = 40 + (seed * 29 + step * 83) % 260
        colour = ((step * 67 + seed * 11) % 256, (step * 101 + seed * 31) % 256, (step * 29 + seed * 7) % 256)
        draw.ellipse((x - size // 2, y - size // 3, x + size // 2, y + size // 3), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1))


def file_of(picture: Image.Image, quality: int = 90) -> bytes:
    """The picture as a JPEG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def smaller(picture: Image.Image) -> bytes:
    """Resized and recompressed."""
    return file_of(picture.resize((420, 315)), 55)


def mirrored(picture: Image.Image) -> bytes:
    """As in a mirror."""
    return file_of(ImageOps.mirror(picture), 80)
