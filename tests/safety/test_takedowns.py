"""An intimate image is gone within 48 hours of a valid request, its copies too, and does not come back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import clock, tasks
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound, TooMany
from fairboard.ledger.queries import events_between
from fairboard.market.queries.ads import ad_for
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import Submitted, submit
from fairboard.safety import gate, parts
from fairboard.safety.models import Case, Takedown, TakedownHash
from fairboard.safety.queries.takedowns import known, takedown_page, takedowns
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.takedowns import decline, grant, remove_copies, request_takedown
from tests.market.drafts import bicycle
from tests.market.photos import jpeg
from tests.people import client_of
from tests.safety.takedowns_made import asking

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


@pytest.fixture
def picture() -> bytes:
    """The bytes of one picture."""
    return jpeg()


def post(actor: Actor, picture: bytes, at: datetime, **changes: Any) -> Submitted:
    """An ad with this picture."""
    photo = add_photo(actor=actor, raw=picture, at=at)
    return submit(actor=actor, draft=bicycle(photos=[photo.id], **changes), at=at)


def ask(ad: Submitted, at: datetime, **changes: Any) -> str:
    location = f"http://localhost:8000/ad/{ad.ad_id}?from=list"
    return request_takedown(draft=asking(**{"location": location, **changes}), actor=ANONYMOUS, at=at)


def allow(actor: Actor, takedown_id: str, at: datetime, **changes: Any) -> int:
    values: dict[str, Any] = {"location": "", "photos": [], "answer": ""}
    return grant(takedown_id=takedown_id, actor=actor, at=at, **{**values, **changes})


def test_a_request_says_all_that_is_missing(db: None, now: datetime) -> None:
    empty = asking(
        name="", depicted="", contact="x", location="", statement="no", signature="", in_good_faith=False
    )  # fmt: skip
    with pytest.raises(Invalid) as caught:
        request_takedown(draft=empty, actor=ANONYMOUS, at=now)
    assert {error["field"] for error in caught.value.errors} == {
        "name", "depicted", "contact", "location", "statement", "signature", "in_good_faith"
    }  # fmt: skip


def test_who_asks_is_not_readable_in_the_database(db: None, now: datetime) -> None:
    request_takedown(draft=asking(), actor=ANONYMOUS, at=now)
    kept = Takedown.objects.get()
    assert b"kim" not in bytes(kept.details).lower()
    assert kept.due_at == now + timedelta(hours=48)


def test_removal_hides_the_ad_at_once(
    seller: Actor, buyer: Actor, moderator: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    receipt = ask(ad, now)
    assert ad_for(ad_id=ad.ad_id, actor=buyer) is not None
    assert allow(moderator, receipt, now) == 1
    assert ad_for(ad_id=ad.ad_id, actor=buyer) is None
    with pytest.raises(Conflict):
        allow(moderator, receipt, now)


def test_the_address_of_a_photo_is_enough(seller: Actor, moderator: Actor, picture: bytes, now: datetime) -> None:
    photo = add_photo(actor=seller, raw=picture, at=now)
    ad = submit(actor=seller, draft=bicycle(photos=[photo.id]), at=now)
    receipt = ask(ad, now, location=f"https://market.example/photo/{photo.id}/l.webp")
    assert takedown_page(takedown_id=receipt, actor=moderator, at=now).row.subject_id == ad.ad_id


def test_an_address_nobody_knows_is_found_by_a_person(
    seller: Actor, buyer: Actor, moderator: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    receipt = ask(ad, now, location="the ad with the red bicycle")
    for wrong in ("", "nowhere"):
        with pytest.raises(Invalid):
            allow(moderator, receipt, now, location=wrong)
    allow(moderator, receipt, now, location=ad.path)
    assert ad_for(ad_id=ad.ad_id, actor=buyer) is None


def test_identical_copies_are_found_and_removed(
    seller: Actor, buyer: Actor, moderator: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    copy = post(buyer, picture, now, title="Something else entirely", body="Other words about another thing here.")
    other = post(buyer, jpeg(colour="red"), now, title="Green bicycle", body="Not the same picture, nor the same text.")
    receipt = ask(ad, now)
    allow(moderator, receipt, now)
    assert remove_copies(takedown_id=receipt, at=now) == 1
    assert remove_copies(takedown_id=receipt, at=now) == 0
    assert ad_for(ad_id=copy.ad_id, actor=seller) is None
    assert ad_for(ad_id=other.ad_id, actor=seller) is not None
    assert Takedown.objects.get().copies == 1


def test_a_later_upload_is_refused(
    seller: Actor, buyer: Actor, moderator: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    allow(moderator, ask(ad, now), now)
    again = post(buyer, picture, now, title="Green bicycle", body="Other words about another thing here.")
    assert again.verdict == "reject"
    assert "taken-down" in {reason.rule for reason in again.reasons}


def test_only_the_photos_that_show_the_person_are_remembered(seller: Actor, moderator: Actor, now: datetime) -> None:
    rows = [add_photo(actor=seller, raw=jpeg(colour=colour), at=now) for colour in ("teal", "red")]
    ad = submit(actor=seller, draft=bicycle(photos=[row.id for row in rows]), at=now)
    receipt = ask(ad, now)
    shown = takedown_page(takedown_id=receipt, actor=moderator, at=now).photos[:1]
    assert allow(moderator, receipt, now, photos=shown) == 1
    assert list(TakedownHash.objects.filter(kind="sha256").values_list("value", flat=True)) == list(shown)


def test_a_picture_that_was_changed_a_little_is_known_by_its_pdq(
    seller: Actor, buyer: Actor, moderator: Actor, now: datetime
) -> None:
    def request(subject: str, photo: str, pdq: str, quality: int = 100) -> parts.Request:
        return parts.Request(
            "ad", subject, 1, {"title": "A bicycle", "body": f"Words about {subject}"}, author=buyer, photos=[photo],
            photo_hashes=[(pdq, quality)],
        )  # fmt: skip

    gate.review_many(requests=[request("first", "a" * 64, PDQ)], at=now)
    receipt = request_takedown(draft=asking(), actor=ANONYMOUS, at=now)
    Takedown.objects.update(subject_kind="ad", subject_id="first")
    allow(moderator, receipt, now)
    near, far = f"{int(PDQ, 16) ^ (2**31 - 1):064x}", f"{int(PDQ, 16) ^ (2**32 - 1):064x}"
    assert known(["b" * 64], [(near, 100)]) == 1
    assert known(["b" * 64], [(near, 49)]) == 0
    assert known(["b" * 64], [(far, 100)]) == 0
    review = gate.review_many(requests=[request("second", "b" * 64, near)], at=now)[0]
    assert review.verdict == "reject"


def test_an_undone_removal_is_known_no_more(
    seller: Actor, buyer: Actor, moderator: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    allow(moderator, ask(ad, now), now)
    submit(actor=seller, draft=bicycle(title="Tame words"), at=now, ad_id=ad.ad_id)
    case = Case.objects.filter(subject_id=ad.ad_id, state="open").get()
    decide(case_id=case.public_id, outcome="allow", policy="", reason_text="", actor=moderator, at=now)
    assert TakedownHash.objects.count() == 0


def test_what_may_be_a_child_is_for_those_who_may(
    seller: Actor, moderator: Actor, lead: Actor, picture: bytes, now: datetime
) -> None:
    ad = post(seller, picture, now)
    receipt = ask(ad, now, is_child=True)
    assert takedowns(actor=moderator, at=now).items == []
    with pytest.raises(NotFound):
        takedown_page(takedown_id=receipt, actor=moderator, at=now)
    with pytest.raises(NotFound):
        allow(moderator, receipt, now)
    allow(lead, receipt, now)
    assert Case.objects.get(subject_id=ad.ad_id).is_child


def test_members_decide_nothing(seller: Actor, buyer: Actor, picture: bytes, now: datetime) -> None:
    receipt = ask(post(seller, picture, now), now)
    with pytest.raises(Forbidden):
        allow(buyer, receipt, now)
    with pytest.raises(Forbidden):
        takedowns(actor=buyer, at=now)


def test_who_is_never_right_is_slowed_down(seller: Actor, moderator: Actor, picture: bytes) -> None:
    ad, at = post(seller, picture, clock.now()), clock.now()
    for _number in range(3):
        decline(
            takedown_id=ask(ad, at), missing=["image"], answer="This shows a bicycle.", actor=moderator, at=at
        )  # fmt: skip
    later = at + timedelta(days=2)
    ask(ad, later)
    with pytest.raises(TooMany):
        ask(ad, later + timedelta(seconds=1))
    assert len(list(events_between(kinds=["safety.takedown.slowed"]))) == 1
    ask(ad, later + timedelta(seconds=1), contact="other@example.org")


def test_the_form_keeps_what_was_typed_and_gives_a_receipt(
    seller: Actor, moderator: Actor, picture: bytes, outbox: list[Any]
) -> None:
    ad = post(seller, picture, clock.now())
    visitor = Client()
    typed = {
        "location": ad.path, "depicted": "Kim", "statement": "I never agreed that this is shown.", "name": "Kim Doe",
        "contact": "kim@example.org", "signature": "Kim Doe",
    }  # fmt: skip
    refused = visitor.post("/take-it-down", typed)
    assert refused.status_code == 422
    assert "I never agreed that this is shown." in refused.content.decode()
    done = visitor.post("/take-it-down", {**typed, "in_good_faith": "on"})
    page = visitor.get(done["Location"])
    assert page["Cache-Control"] == "private, no-store"
    assert "kim@example.org" not in page.content.decode()
    takedown_id = Takedown.objects.get().public_id
    desk = client_of(moderator)
    assert "I never agreed that this is shown." in desk.get(f"/desk/takedowns/{takedown_id}").content.decode()
    assert desk.post(f"/desk/takedowns/{takedown_id}", {"outcome": "decline"}).status_code == 422
    assert desk.post(f"/desk/takedowns/{takedown_id}", {"outcome": "remove"}).status_code == 302
    tasks.call("ledger.deliver")
    sent = [message for message in outbox if message.to == ["kim@example.org"]]
    assert len(sent) == 2
    assert all(takedown_id in message.body for message in sent)
    assert visitor.get("/take-it-down/nothing").status_code == 404
