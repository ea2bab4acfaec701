"""What somebody writes is kept: by a visitor's browser until they sign in, and dropped when its time is over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import NotFound
from fairboard.market.models import Ad, Photo, SavedDraft
from fairboard.market.pictures import path_of
from fairboard.market.services import saving
from fairboard.market.services.photos import Duplicate, add_to_draft, rotate
from fairboard.market.services.posting import submit
from fairboard.market.services.saving import Holder
from fairboard.people.models import Member
from tests.market.drafts import bicycle
from tests.market.forms import Form
from tests.market.photos import jpeg
from tests.market.test_form import TYPED, assert_nothing_lost, bomb

pytestmark = pytest.mark.django_db


def sent(raw: bytes, name: str = "photo.jpg") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, raw, "image/jpeg")}


def test_a_visitor_writes_signs_in_and_publishes_what_they_wrote(seller: Actor) -> None:
    visitor = Client()
    draft = visitor.post("/post/save", {**TYPED, "category": "vehicles/bicycles"}).json()["draft"]
    made = visitor.post("/post/photos", {"draft": draft, **sent(jpeg())}).json()
    assert made["draft"] == draft
    photo = made["photo"]
    assert visitor.get(f"/photo/{photo}/s.webp").status_code == 200
    assert Client().get(f"/photo/{photo}/s.webp").status_code == 404
    assert Client().get(f"/post?draft={draft}").status_code == 200
    assert TYPED["body"] not in Client().get(f"/post?draft={draft}").content.decode()
    member = Member.objects.get(public_id=seller.id)
    visitor.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    form = Form(visitor.get(f"/post?draft={draft}&ready=1").content.decode())
    assert_nothing_lost(form)
    assert form.values["photos"] == [photo]
    answer = visitor.post("/post", {**TYPED, "category": "vehicles/bicycles", "photos": [photo], "draft": draft})
    assert answer.status_code == 302
    assert answer["Location"].endswith("/posted")
    assert Ad.objects.get().current.photos == [photo]  # type: ignore[union-attr]
    assert not SavedDraft.objects.exists()
    assert Photo.objects.get(public_id=photo).is_public


def test_a_page_seen_by_a_visitor_makes_no_session(db: None) -> None:
    visitor = Client()
    visitor.get("/post")
    assert "fairboard_session" not in visitor.cookies


def test_nobody_reads_or_changes_the_draft_of_another(seller: Actor, buyer: Actor, now: datetime) -> None:
    draft = saving.save_draft(holder=Holder(seller), values={"title": "Mine"}, photos=(), at=now)
    for holder in (Holder(buyer), Holder(ANONYMOUS, frozenset({draft}))):
        with pytest.raises(NotFound):
            saving.save_draft(holder=holder, values={"title": "Yours"}, photos=(), at=now, draft_id=draft)
        with pytest.raises(NotFound):
            saving.discard(holder=holder, draft_id=draft, at=now)
    assert SavedDraft.objects.get().values == {"title": "Mine"}


def test_a_visitors_draft_goes_after_a_week_with_its_photos_and_files(now: datetime) -> None:
    draft = saving.begin(holder=Holder(ANONYMOUS), at=now)
    holder = Holder(ANONYMOUS, frozenset({draft}))
    add_to_draft(holder=holder, draft_id=draft, raw=jpeg(), at=now)
    path = path_of(Photo.objects.get().key, "l")
    assert saving.forget(at=now + timedelta(days=6)) == 0
    assert default_storage.exists(path)
    assert saving.forget(at=now + timedelta(days=7)) == 1
    assert saving.forget(at=now + timedelta(days=7)) == 0
    assert not Photo.objects.exists()
    assert not SavedDraft.objects.exists()


def test_a_photo_an_ad_shows_outlives_the_draft_it_came_by(
    seller: Actor, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    holder = Holder(seller)
    draft = saving.begin(holder=holder, at=now)
    shown = add_to_draft(holder=holder, draft_id=draft, raw=jpeg(), at=now)
    left = add_to_draft(holder=holder, draft_id=draft, raw=jpeg(colour="red"), at=now)
    submit(actor=seller, draft=bicycle(photos=[shown.id]), at=now)
    paths = {one.public_id: path_of(one.key, "l") for one in Photo.objects.all()}
    with django_capture_on_commit_callbacks(execute=True):
        saving.discard(holder=holder, draft_id=draft, at=now)
    assert [photo.public_id for photo in Photo.objects.all()] == [shown.id]
    assert default_storage.exists(paths[shown.id])
    assert not default_storage.exists(paths[left.id])


@pytest.mark.parametrize("raw", [jpeg()[:2_000], b"<script>alert(1)</script>", bomb(), b""])
def test_a_bad_photo_is_refused_by_its_name_and_the_others_stay(client: Client, raw: bytes) -> None:
    good = client.post("/post/photos", sent(jpeg())).json()
    answer = client.post("/post/photos", {"draft": good["draft"], **sent(raw, "odd.jpg")})
    assert answer.status_code == 422
    if raw:
        assert answer.json()["message"].startswith("odd.jpg: ")
    assert SavedDraft.objects.get().photos == [good["photo"]]


def test_the_same_photo_twice_is_one(now: datetime) -> None:
    draft = saving.begin(holder=Holder(ANONYMOUS), at=now)
    holder = Holder(ANONYMOUS, frozenset({draft}))
    raw = jpeg()
    add_to_draft(holder=holder, draft_id=draft, raw=raw, at=now)
    with pytest.raises(Duplicate):
        add_to_draft(holder=holder, draft_id=draft, raw=raw, at=now)
    add_to_draft(holder=holder, draft_id=draft, raw=jpeg(colour="red"), at=now)
    assert len(SavedDraft.objects.get().photos) == 2


def test_a_turned_photo_takes_the_place_of_the_old_one(seller: Actor, buyer: Actor, now: datetime) -> None:
    draft = saving.begin(holder=Holder(seller), at=now)
    before = add_to_draft(holder=Holder(seller), draft_id=draft, raw=jpeg(), at=now)
    with pytest.raises(NotFound):
        rotate(holder=Holder(buyer), photo_id=before.id, at=now)
    after = rotate(holder=Holder(seller), photo_id=before.id, at=now, draft_id=draft)
    assert (after.width, after.height) == (before.height, before.width)
    assert SavedDraft.objects.get().photos == [after.id]


def test_without_scripts_buttons_order_turn_and_drop_photos(seller: Actor, signed_in: Any, now: datetime) -> None:
    draft = saving.begin(holder=Holder(seller), at=now)
    made = [
        add_to_draft(holder=Holder(seller), draft_id=draft, raw=jpeg(colour=colour), at=now).id
        for colour in ("red", "blue", "green")
    ]
    page = signed_in(seller)

    def press(button: str, photos: list[str]) -> list[str]:
        answer = page.post("/post", {"draft": draft, "photos": photos, "arrange": button})
        assert answer.status_code == 200
        return Form(answer.content.decode()).values.get("photos", [])

    assert press(f"later:{made[0]}", made) == [made[1], made[0], made[2]]
    assert press(f"earlier:{made[2]}", made) == [made[0], made[2], made[1]]
    assert press(f"remove:{made[1]}", made) == [made[0], made[2]]
    assert press(f"rotate:{made[0]}", made)[0] not in made


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/post/save", {"draft": "nothing", "title": "a\x00b"}), ("/post/save", {"photos": ["x" * 400, "\x00"]}),
        ("/post/save", {"attributes." + "k" * 400: "v"}), ("/post/save", {"body": "b" * 70_000}),
        ("/post/fields", {"category": "no/such"}), ("/post/photos", {}), ("/post/photos/abc/turn", {"draft": "\x00"}),
        ("/post/drafts/abc/discard", {}),
    ],
)  # fmt: skip
def test_nothing_sent_to_the_small_addresses_breaks_them(client: Client, path: str, data: dict[str, Any]) -> None:
    assert client.post(path, data).status_code in {200, 404, 422}


@pytest.mark.parametrize(
    "query", ["", "?latitude=a&longitude=b", "?latitude=nan&longitude=inf", "?latitude=91&longitude=0"]
)
def test_a_point_that_is_none_names_no_city(client: Client, query: str) -> None:
    assert client.get(f"/post/near{query}").status_code == 422


def test_a_point_names_the_city_next_to_it(client: Client) -> None:
    assert client.get("/post/near?latitude=52.51&longitude=13.39").json()["code"] == "de/berlin"


def test_one_address_cannot_fill_the_store(client: Client) -> None:
    for _ in range(60):
        assert client.post("/post/save", {"title": "x"}).status_code == 200
        client.cookies.clear()
    assert client.post("/post/save", {"title": "x"}).status_code == 429
