"""Photos: whatever is sent is decoded within bounds, turned upright, and keeps no hidden data."""

import io
from datetime import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from fairboard.kit.actors import Actor
from fairboard.market.models import Photo
from fairboard.market.pictures import BadPicture, encode, path_of
from fairboard.market.services.lifecycle import withdraw
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from tests.market.drafts import bicycle
from tests.market.photos import jpeg


def kept(photo_id: str, size: str = "l") -> Image.Image:
    photo = Photo.objects.get(public_id=photo_id)
    return Image.open(io.BytesIO(default_storage.open(path_of(photo.key, size)).read()))


def test_place_and_camera_are_removed(seller: Actor, now: datetime) -> None:
    raw = jpeg(with_place=True)
    assert b"Secret Camera Works" in raw
    row = add_photo(actor=seller, raw=raw, at=now)
    picture = kept(row.id)
    assert dict(picture.getexif()) == {}
    assert picture.info.keys() <= {"loop", "background", "timestamp", "duration"}


def test_a_photo_is_turned_upright(seller: Actor, now: datetime) -> None:
    picture = Image.new("RGB", (600, 300), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    row = add_photo(actor=seller, raw=buffer.getvalue(), at=now)
    assert (row.width, row.height) == (300, 600)


@pytest.mark.parametrize(
    "raw",
    [b"", b"not a picture", jpeg()[:400], b"GIF89a" + b"\x00" * 30, jpeg((20, 20)), b"<svg onload='x'/>", b"%PDF-1.4"],
)
def test_what_cannot_be_shown_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(BadPicture) as caught:
        encode(raw)
    assert caught.value.detail


def test_a_picture_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(BadPicture):
        encode(buffer.getvalue())


def test_a_photo_is_public_only_while_its_ad_is(seller: Actor, signed_in: Any, now: datetime) -> None:
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    path = f"/photo/{photo.id}/m.webp"
    assert Client().get(path).status_code == 404
    assert signed_in(seller).get(path).status_code == 200
    ad = submit(actor=seller, draft=bicycle(photos=[photo.id]), at=now)
    assert Client().get(path).status_code == 200
    withdraw(actor=seller, ad_id=ad.ad_id, at=now)
    assert Client().get(path).status_code == 404
