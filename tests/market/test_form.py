"""The form of an ad: what is wrong is said beside its field, and nothing typed or sent before is lost."""

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from fairboard.kit.actors import Actor
from fairboard.market import pictures
from fairboard.market.models import Ad, Photo
from fairboard.market.services.photos import MOST_PHOTOS, add_photo
from fairboard.market.services.posting import submit
from tests.market.drafts import bicycle
from tests.market.forms import Form
from tests.market.photos import jpeg
from tests.people import client_of

PATH = "/post/vehicles/bicycles"
TYPED = {
    "title": 'Red "city" <bicycle>',
    "body": "A comfortable bicycle.\nServiced last month & ready.",
    "price_type": "negotiable",
    "price": "120,50",
    "place": "Berlin, Germany",
    "attributes.kind": "city",
    "attributes.electric": "no",
    "attributes.frame": "55",
    "attributes.condition": "like_new",
}


def bomb() -> bytes:
    """A picture of a few kilobytes that takes hundreds of megabytes to unpack."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    return buffer.getvalue()


BAD = {
    "no-picture.jpg": (b"%PDF-1.4 not a picture", "not a photo we can read"),
    "script.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "not a photo we can read"),
    "damaged.jpg": (jpeg()[:2_000], "damaged"),
    "empty.jpg": (b"", "empty"),
    "large.jpg": (jpeg((200, 200)) + b"\x00" * pictures.LARGEST_BYTES, "larger than 20 MB"),
    "bomb.png": (bomb(), "too many pixels"),
}


@pytest.fixture
def client(seller: Actor) -> Client:
    """The seller's browser."""
    return client_of(seller)


def upload(name: str, raw: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, raw, "image/jpeg")


def send(client: Client, path: str = PATH, **changes: Any) -> Any:
    return client.post(path, {**TYPED, **changes})


def lines(text: str) -> list[str]:
    return text.splitlines()  # a browser sends \r\n


def assert_nothing_lost(form: Form) -> None:
    for name, value in TYPED.items():
        (kept,) = form.values[name]
        assert lines(kept) == lines(value), name


@pytest.mark.parametrize("name", BAD)
def test_an_upload_that_cannot_be_used_is_said_beside_the_photos_and_nothing_is_lost(client: Client, name: str) -> None:
    raw, reason = BAD[name]
    answer = send(client, upload=upload(name, raw))
    form = Form(answer.content.decode())
    assert answer.status_code == 422
    assert list(form.errors) == ["upload"]
    (said,) = form.errors["upload"]
    assert said.startswith(f"{name}: ")
    assert reason in said
    assert_nothing_lost(form)
    assert not Ad.objects.exists()
    assert not Photo.objects.exists()


def test_the_name_of_a_file_is_text_and_no_markup(client: Client) -> None:
    page = send(client, upload=upload("<img src=x onerror=alert(1)>.jpg", b"x")).content.decode()
    assert "<img src=x" not in page
    assert Form(page).errors["upload"][0].startswith("<img src=x onerror=alert(1)>.jpg: ")


def test_the_good_photos_beside_a_bad_one_need_not_be_sent_again(client: Client, seller: Actor) -> None:
    before = client.post(PATH, {**TYPED, "preview": "1", "upload": [upload("first.jpg", jpeg())]})
    (first,) = Form(before.content.decode()).values["photos"]
    files = [upload("bad.jpg", b"x"), upload("second.jpg", jpeg(colour="red"))]
    form = Form(send(client, photos=[first], upload=files).content.decode())
    assert form.values["photos"][0] == first
    assert len(form.values["photos"]) == 2
    done = send(client, photos=form.values["photos"])
    assert done.status_code == 302
    assert Photo.objects.filter(ad=Ad.objects.get()).count() == 2


def test_what_was_typed_is_what_is_placed(client: Client) -> None:
    assert send(client, upload=upload("photo.jpg", jpeg())).status_code == 302
    kept = Ad.objects.get().current
    assert kept is not None
    assert (kept.title, kept.price_minor, kept.price_type) == (TYPED["title"], 12_050, "negotiable")
    assert kept.body == TYPED["body"]
    assert kept.attributes == {"kind": "city", "electric": False, "frame": 55, "condition": "like_new"}
    assert len(kept.photos) == 1


def test_every_mistake_stands_beside_its_field(client: Client) -> None:
    wrong = {"title": "", "body": "short", "place": "Nowhere", "price": "cheap", "attributes.frame": "900"}
    form = Form(client.post(PATH, {**TYPED, **wrong}).content.decode())
    assert set(form.errors) == set(wrong)
    assert form.values["place"] == ["Nowhere"]
    assert form.values["attributes.frame"] == ["900"]


def test_a_mistake_in_a_word_keeps_the_photo_that_came_with_it(client: Client) -> None:
    form = Form(send(client, title="", upload=upload("photo.jpg", jpeg())).content.decode())
    assert list(form.errors) == ["title"]
    assert len(form.values["photos"]) == 1


@pytest.mark.parametrize("count", [MOST_PHOTOS + 1, 25])
def test_more_photos_than_an_ad_shows_are_too_many_but_cost_nothing(client: Client, count: int) -> None:
    files = [upload(f"{number}.jpg", jpeg((100, 100))) for number in range(count)]
    answer = send(client, upload=files)
    form = Form(answer.content.decode())
    assert answer.status_code == 422
    assert form.errors == {"upload": [f"An ad can show {MOST_PHOTOS} photos."]}
    assert len(form.values["photos"]) == MOST_PHOTOS
    assert_nothing_lost(form)


def test_somebody_elses_photo_is_not_taken(client: Client, buyer: Actor, now: Any) -> None:
    other = add_photo(actor=buyer, raw=jpeg(), at=now)
    form = Form(send(client, photos=[other.id]).content.decode())
    assert "not there any more" in form.errors["upload"][0]
    assert_nothing_lost(form)
    assert not Ad.objects.exists()


@pytest.mark.parametrize("field", ["photos", "title", "place", "price_type", "arrange"])
def test_a_zero_byte_breaks_nothing(client: Client, field: str) -> None:
    assert send(client, **{field: "a\x00b"}).status_code in {302, 422, 200}


def test_a_visitor_is_sent_to_sign_up_with_everything_kept(db: None) -> None:
    visitor = Client()
    answer = send(visitor, upload=upload("photo.jpg", jpeg()))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/signup/?next=")
    draft = parse_qs(urlsplit(parse_qs(urlsplit(answer["Location"]).query)["next"][0]).query)["draft"][0]
    form = Form(visitor.get(f"/post?draft={draft}&ready=1").content.decode())
    assert_nothing_lost(form)
    assert len(form.values["photos"]) == 1
    assert not Ad.objects.exists()


@pytest.mark.parametrize(("place", "typed", "shown"), [("jp/tokyo", "12000", "12000"), ("de/berlin", "9.50", "9.50")])
def test_a_price_is_edited_in_the_amount_it_was_typed(
    client: Client, seller: Actor, now: Any, place: str, typed: str, shown: str
) -> None:
    done = submit(actor=seller, draft=bicycle(place=place, price=typed), at=now)
    path = f"/ad/{done.ad_id}/edit"
    form = Form(client.get(path).content.decode())
    assert form.values["price"] == [shown]
    before = Ad.objects.get().current
    values = {name: given for name, given in form.values.items() if name not in {"upload", "csrfmiddlewaretoken"}}
    assert client.post(path, values).status_code == 302
    after = Ad.objects.get().current
    assert before is not None
    assert after is not None
    assert (after.number, after.price_minor, after.currency) == (2, before.price_minor, before.currency)


def test_a_search_engine_is_told_the_price_in_whole_yen(seller: Actor, now: Any) -> None:
    done = submit(actor=seller, draft=bicycle(place="jp/tokyo", price="12000"), at=now)
    assert '"price":"12000"' in Client().get(done.path, follow=True).content.decode()
