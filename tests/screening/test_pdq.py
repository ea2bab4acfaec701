"""A photo's PDQ is Meta's: the same bits for photos that need no shrinking, nearly the same for large ones."""

import hashlib
import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fairboard.screening.photos import pdq
from fairboard.screening.photos.digests import MOST_PIXELS, UnreadablePhoto, fingerprint
from tests.screening import pictures

MADE = pictures.vectors()
PUBLISHED = pictures.read()["published"]
BRIDGE = Path(__file__).with_name("meta") / "bridge-1-original.jpg"
"""Meta's own picture (BSD, see the folder)."""
FORMS = (
    None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270,
    Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.TRANSPOSE,
    Image.Transpose.TRANSVERSE,
)  # fmt: skip
"""How Meta's eight files were turned from the first."""
FOLDER = os.environ.get("PDQ_PICTURES", "")
"""A folder with Meta's pdq/data/reg-test-input/dih, to compare with the pictures themselves."""


def bits(one: str, other: str) -> int:
    return pdq.distance(bytes.fromhex(one), bytes.fromhex(other))


@pytest.mark.parametrize("vector", MADE, ids=str)
def test_it_is_the_reference_s(vector: pictures.Vector) -> None:
    found = pdq.compute(vector.picture())
    assert abs(found.quality - vector.quality) <= 1
    if max(vector.width, vector.height) < 1500:
        assert found.hex == vector.hash
    elif vector.quality >= 50:
        assert bits(found.hex, vector.hash) <= 10


@pytest.mark.parametrize("vector", [one for one in MADE if one.variants], ids=str)
def test_turned_and_mirrored_forms_are_the_reference_s(vector: pictures.Vector) -> None:
    found = [one.hex for one in pdq.dihedral(vector.picture())]
    assert max(bits(one, other) for one, other in zip(found, vector.variants, strict=True)) <= 10


@pytest.mark.parametrize(("at", "turned"), [
    (1, Image.Transpose.ROTATE_90), (2, Image.Transpose.ROTATE_180), (3, Image.Transpose.ROTATE_270),
    (4, Image.Transpose.FLIP_TOP_BOTTOM), (5, Image.Transpose.FLIP_LEFT_RIGHT), (6, Image.Transpose.TRANSPOSE),
    (7, Image.Transpose.TRANSVERSE),
])  # fmt: skip
def test_a_turned_copy_is_found_by_its_form(at: int, turned: Image.Transpose) -> None:
    picture = pictures.picture("shapes", 640, 480)
    assert pdq.distance(pdq.dihedral(picture)[at].value, pdq.compute(picture.transpose(turned)).value) <= 20


def test_meta_s_published_hashes_are_told_apart_as_meta_does() -> None:
    original, turned = PUBLISHED[0][2], PUBLISHED[1][2]
    assert bits(original, turned) == 120  # PDQHasherTest.java


def test_bits_lie_as_in_meta_s_published_hashes() -> None:
    """Mirrored at the diagonal a hash is transposed: row i, column j is bit 16 i + j from the end."""
    plain, diagonal = pictures.read()["published_variants"][0], pictures.read()["published_variants"][6]
    table = np.unpackbits(np.frombuffer(bytes.fromhex(plain), np.uint8))[::-1].reshape(16, 16)
    assert np.packbits(table.T.reshape(-1)[::-1]).tobytes().hex() == diagonal


def test_meta_s_picture_has_meta_s_hash() -> None:
    raw = BRIDGE.read_bytes()
    assert hashlib.sha256(raw).hexdigest() == PUBLISHED[0][1]
    found = pdq.compute(Image.open(io.BytesIO(raw)))
    assert (found.hex, found.quality) == (PUBLISHED[0][2], 100)


@pytest.mark.parametrize("at", range(8))
def test_meta_s_picture_turned_has_the_hash_of_meta_s_turned_picture(at: int) -> None:
    picture, turned = Image.open(BRIDGE), FORMS[at]
    expected, by_form = PUBLISHED[at][2], pictures.read()["published_variants"]
    assert bits(pdq.compute(picture if turned is None else picture.transpose(turned)).hex, expected) <= 10
    forms = [one.hex for one in pdq.dihedral(picture)]
    assert min(bits(one, expected) for one in forms) <= 10  # one form of the eight is this file
    assert bits(forms[at], by_form[at]) <= 10  # Meta's tool, which shrinks the picture first


@pytest.mark.skipif(not FOLDER, reason="PDQ_PICTURES names no folder with Meta's pictures")
@pytest.mark.parametrize(("name", "sha256", "full", "shrunk"), PUBLISHED)
def test_meta_s_pictures_have_meta_s_hashes(name: str, sha256: str, full: str, shrunk: str) -> None:
    raw = (Path(FOLDER) / name).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == sha256
    found = pdq.compute(Image.open(io.BytesIO(raw)))
    assert found.quality == 100
    assert bits(found.hex, full) <= 10


def test_a_flat_photo_says_nothing() -> None:
    found = pdq.compute(Image.new("RGB", (800, 600), (90, 120, 30)))
    assert found.quality == 0
    assert not found.good


@pytest.mark.parametrize("size", [(1, 1), (4, 900), (900, 4)])
def test_a_photo_of_less_than_five_pixels_has_no_hash(size: tuple[int, int]) -> None:
    assert pdq.compute(Image.new("RGB", size, "red")) == pdq.Pdq(bytes(32), 0)
    assert {one.value for one in pdq.dihedral(Image.new("RGB", size))} == {bytes(32)}


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "YCbCr", "LA", "I", "F", "HSV", "LAB", "I;16"])
def test_every_kind_of_picture_is_hashed(mode: str) -> None:
    grey = pictures.picture("gradient", 300, 200).convert("L")
    picture = Image.new("I;16", grey.size) if mode == "I;16" else grey.convert("RGB") if mode == "LAB" else grey
    assert len(pdq.compute(picture.convert(mode) if mode not in {"LAB", "I;16"} else picture).value) == 32


def test_what_is_transparent_lies_on_white() -> None:
    seen = Image.new("RGB", (300, 200), "white")
    seen.paste("black", (50, 50, 200, 150))
    hidden = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    hidden.paste((0, 0, 0, 255), (50, 50, 200, 150))
    assert pdq.compute(hidden) == pdq.compute(seen)


def encoded(picture: Image.Image, kind: str, **more: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **more)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "more"), [("JPEG", {"quality": 40}), ("WEBP", {"quality": 50}), ("GIF", {}), ("AVIF", {})]
)
def test_a_copy_saved_again_is_the_same_photo(kind: str, more: dict[str, object]) -> None:
    picture = pictures.picture("shapes", 900, 700)
    first, again = fingerprint(encoded(picture, "PNG")), fingerprint(encoded(picture.resize((450, 350)), kind, **more))
    assert first.sha256 != again.sha256
    assert bits(first.pdq, again.pdq) <= 31
    assert first.matchable
    assert (again.width, again.height) == (450, 350)


def test_a_photo_is_hashed_as_it_is_seen() -> None:
    picture = pictures.picture("shapes", 640, 480)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    found = fingerprint(encoded(picture.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif))
    assert (found.width, found.height) == (640, 480)
    assert found.pdq == pdq.compute(picture).hex


def test_exact_hashes_are_of_the_bytes() -> None:
    raw = encoded(pictures.picture("text", 200, 100), "PNG")
    found = fingerprint(raw)
    assert found.sha256 == hashlib.sha256(raw).hexdigest()
    assert found.md5 == hashlib.md5(raw).hexdigest()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has more pixels than are decoded."""
    raw = bytearray(encoded(Image.new("1", (8, 8)), "PNG"))
    raw[16:24] = (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big")
    raw[29:33] = __import__("zlib").crc32(bytes(raw[12:29])).to_bytes(4, "big")
    return bytes(raw)


PNG = encoded(pictures.picture("shapes", 300, 200), "PNG")
JPEG = encoded(pictures.picture("shapes", 300, 200), "JPEG")


@pytest.mark.parametrize(("raw", "code"), [
    (b"", "empty"), (b"GIF89a", "not-a-photo"), (b"no photo at all", "not-a-photo"), (PNG[:700], "damaged"),
    (JPEG[: len(JPEG) // 2], "damaged"), (bomb(), "too-many-pixels"), (b"\xff" * 20_000_001, "too-many-bytes"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-photo"), (b"%PDF-1.7", "not-a-photo"),
], ids=lambda one: one if isinstance(one, str) else f"{len(one)}-bytes")  # fmt: skip
def test_what_cannot_be_decoded_is_refused_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(UnreadablePhoto) as refused:
        fingerprint(raw)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert refused.value.digests.sha256 == hashlib.sha256(raw).hexdigest()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes_never_raise_anything_else() -> None:
    random = np.random.default_rng(7)
    for whole in (
        PNG,
        JPEG,
        encoded(pictures.picture("shapes", 90, 80), "WEBP"),
        encoded(Image.new("L", (40, 40)), "TIFF"),
    ):
        for _ in range(60):
            raw = bytearray(whole)
            for at in random.integers(0, len(raw), 8):
                raw[at] = random.integers(256)
            try:
                found = fingerprint(bytes(raw))
            except UnreadablePhoto:
                continue
            assert found.width * found.height <= MOST_PIXELS
