"""A member takes a copy of everything that is held of them, or has it erased, but for what must be kept."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, NotFound
from fairboard.market.models import Ad, Photo, Revision, SavedDraft
from fairboard.market.pictures import path_of
from fairboard.market.services import saving
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.market.services.saving import Holder
from fairboard.people import personal
from fairboard.people.models import DataRequest, Member
from fairboard.people.services import own_data
from fairboard.safety.services import holds
from fairboard.talk.services.messages import reply
from tests.market.drafts import bicycle, prohibited
from tests.market.photos import jpeg
from tests.people import client_of

Captured = Callable[..., Any]


@pytest.fixture
def lived(seller: Actor, buyer: Actor, now: datetime) -> Any:
    """A member who did a bit of everything."""
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    ad = submit(actor=seller, draft=bicycle(photos=[photo.id]), at=now)
    reply(actor=buyer, ad_id=ad.ad_id, text="Is it still there?", at=now)
    submit(actor=seller, draft=prohibited(), at=now)
    saving.save_draft(holder=Holder(seller), values={"title": "Half a thought"}, photos=(), at=now)
    return ad


def ask(actor: Actor) -> DataRequest:
    own_data.ask_erasure(actor=actor, at=clock.now())
    return DataRequest.objects.get(member__public_id=actor.id, kind="erasure")


def test_every_room_that_keeps_personal_data_takes_part() -> None:
    rooms = [one.room for one in personal.contributors()]
    assert rooms == ["account", "safety", "market", "talk", "crm", "marketing"]


def test_a_copy_holds_what_every_room_has(lived: Any, seller: Actor, buyer: Actor, outbox: list[Any]) -> None:
    page = client_of(seller)
    assert page.post("/account/data/copy").status_code == 302
    asked = DataRequest.objects.get()
    with pytest.raises(Conflict):
        own_data.ask_copy(actor=seller, at=clock.now())
    tasks.call(own_data.MAKE, request_id=asked.public_id)
    assert "ready" in outbox[-1].subject
    answer = page.get(f"/account/data/copy/{asked.public_id}")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    read = {name: archive.read(name) for name in archive.namelist()}
    text = b"\n".join(read.values())
    for held in (b"sam@", b"Red city bicycle", b"Is it still there?", b"Half a thought", b"people.copy.asked"):
        assert held in text, held
    assert b"bea@" not in text  # the address of somebody else
    assert json.loads(read["safety/decisions.json"])[0]["outcome"] == "reject"
    assert sum(name.startswith("market/photos/") for name in read) == 1
    assert client_of(buyer).get(f"/account/data/copy/{asked.public_id}").status_code == 404
    assert own_data.drop_copies(at=clock.now() + own_data.WAIT) == 1
    assert page.get(f"/account/data/copy/{asked.public_id}").status_code == 404


def test_an_erasure_waits_and_can_be_cancelled(seller: Actor, outbox: list[Any]) -> None:
    page = client_of(seller)
    email = Member.objects.get(public_id=seller.id).email
    assert page.post("/account/data/erase", {"email": "somebody@else.example", "password": "no"}).status_code == 422
    assert not DataRequest.objects.exists()
    assert page.post("/account/data/erase", {"email": email, "password": "no"}).status_code in {302, 422}
    if not DataRequest.objects.exists():
        own_data.ask_erasure(actor=seller, at=clock.now())
    asked = DataRequest.objects.get()
    assert own_data.erase(request_id=asked.public_id, at=asked.due_at.replace(year=asked.due_at.year - 1)) is None
    assert page.post("/account/data/erase", {"cancel": "1"}).status_code == 302
    assert own_data.erase(request_id=asked.public_id, at=asked.due_at) is None
    with pytest.raises(NotFound):
        own_data.cancel_erasure(actor=seller, at=clock.now())
    assert Member.objects.get(public_id=seller.id).email == email


def test_an_erasure_goes_through_all_rooms(
    lived: Any, seller: Actor, buyer: Actor, django_capture_on_commit_callbacks: Captured, outbox: list[Any]
) -> None:
    asked = ask(seller)
    path = path_of(Photo.objects.get().key, "l")
    address = Member.objects.get(public_id=seller.id).email
    with django_capture_on_commit_callbacks(execute=True):
        done = own_data.erase(request_id=asked.public_id, at=asked.due_at)
    assert done is not None
    assert done.address == address
    assert len(done.kept) >= 3
    member = Member.objects.get(public_id=seller.id)
    assert (member.display_name, member.is_active, member.has_usable_password()) == ("-", False, False)
    assert "erased.invalid" in member.email
    assert not Photo.objects.exists()
    assert not SavedDraft.objects.exists()
    assert not default_storage.exists(path)
    assert set(Revision.objects.values_list("title", "body")) == {("", "")}
    assert not Ad.objects.filter(state="live").exists()
    assert Client().get(lived.path).status_code == 410
    talk = client_of(buyer).get("/messages/").content.decode()
    assert "Sam" not in talk
    assert own_data.erase(request_id=asked.public_id, at=asked.due_at) is None


def test_a_legal_hold_stops_an_erasure_until_it_is_released(lived: Any, seller: Actor, lead: Actor) -> None:
    asked = ask(seller)
    hold = holds.place(
        subject_kind="member", subject_id=seller.id, reason="court", source_kind="order", source_id="o1", actor=lead,
        at=clock.now(),
    )  # fmt: skip
    assert own_data.erase(request_id=asked.public_id, at=asked.due_at) is None
    assert Member.objects.get(public_id=seller.id).is_active
    assert "legal hold" in client_of(seller).get("/account/data").content.decode()
    holds.release(hold_id=hold, actor=lead, at=clock.now())
    assert own_data.due_erasures(at=asked.due_at) == [asked.public_id]
    assert own_data.erase(request_id=asked.public_id, at=asked.due_at) is not None


def test_an_ad_under_a_hold_is_kept_and_said(lived: Any, seller: Actor, lead: Actor) -> None:
    asked = ask(seller)
    holds.place(
        subject_kind="ad", subject_id=lived.ad_id, reason="court", source_kind="order", source_id="o2", actor=lead,
        at=clock.now(),
    )  # fmt: skip
    done = own_data.erase(request_id=asked.public_id, at=asked.due_at)
    assert done is not None
    assert any("legal hold" in what for what, _why in done.kept)
    assert Revision.objects.get(ad__public_id=lived.ad_id).body
    assert Ad.objects.get(public_id=lived.ad_id).state == "withdrawn"


def test_staff_leave_their_role_first(moderator: Actor) -> None:
    with pytest.raises(Forbidden):
        own_data.ask_erasure(actor=moderator, at=clock.now())


def test_who_is_erased_gets_a_last_mail(lived: Any, seller: Actor, outbox: list[Any]) -> None:
    asked = ask(seller)
    DataRequest.objects.filter(pk=asked.pk).update(due_at=clock.now())
    tasks.call("people.erase_due")
    assert outbox[-1].to == ["sam@example.org"]
    assert "last mail" in outbox[-1].body


def test_mails_are_chosen_on_the_page(seller: Actor) -> None:
    page = client_of(seller)
    page.post("/account/settings", {"mails": ["market.expiry", "no.such"]})
    text = page.get("/account/settings").content.decode()
    assert 'value="market.expiry" checked' in text
    assert 'value="talk.message" checked' not in text
