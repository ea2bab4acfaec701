"""One's own ads: figures, acts on one and on several, mails before the end, copies, and what is left when they go."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.market.models import Ad, AdViews, Revision, SavedDraft
from fairboard.market.services import erasing, lifecycle, reminding
from fairboard.market.services.photos import add_photo
from fairboard.market.services.posting import submit
from fairboard.market.services.publishing import TERM
from fairboard.people.services.mails import choose_mails
from fairboard.safety.services import holds
from fairboard.talk.services.messages import reply
from tests.market.drafts import bicycle
from tests.market.photos import jpeg


def state(ad_id: str) -> str:
    return Ad.objects.get(public_id=ad_id).state


def test_looks_and_answers_are_counted_for_the_seller(
    live_ad: Any, seller: Actor, buyer: Actor, signed_in: Any, now: datetime
) -> None:
    for _ in range(3):
        assert Client().post(f"{live_ad.path}/seen").status_code == 204
    assert Client().post("/ad/nothinghere/seen").status_code == 204
    reply(actor=buyer, ad_id=live_ad.ad_id, text="Is it there?", at=now)
    page = signed_in(seller).get("/my/ads").content.decode()
    assert "3 views" in page
    assert "1 reply" in page
    assert AdViews.objects.count() == 1
    own = signed_in(seller).get(live_ad.path).content.decode()
    assert "data-seen" not in own  # one's own look is not counted
    assert "data-seen" in Client().get(live_ad.path).content.decode()


def test_an_ad_that_is_sold_names_its_buyer_only_if_they_answered(
    live_ad: Any, seller: Actor, buyer: Actor, moderator: Actor, signed_in: Any, now: datetime
) -> None:
    reply(actor=buyer, ad_id=live_ad.ad_id, text="I take it.", at=now)
    client = signed_in(seller)
    assert buyer.name in client.get(f"{live_ad.path}/sold-to").content.decode()
    assert signed_in(buyer).get(f"{live_ad.path}/sold-to").status_code == 404
    client.post(f"{live_ad.path}/sold-to", {"buyer": buyer.id})
    ad = Ad.objects.select_related("sold_to").get()
    assert (ad.state, ad.sold_to.public_id) == ("sold", buyer.id)  # type: ignore[union-attr]
    other = submit(actor=seller, draft=bicycle(title="Another bicycle", body="Quite another one, in green."), at=now)
    client.post(f"{other.path}/sold-to", {"buyer": moderator.id})
    assert Ad.objects.get(public_id=other.ad_id).sold_to is None


def test_several_are_done_at_once_and_what_cannot_be_is_said(seller: Actor, signed_in: Any, now: datetime) -> None:
    texts = ("A green one with a basket.", "A black one for tall people.", "A yellow one that folds.")
    made = [
        submit(actor=seller, draft=bicycle(title=f"Bicycle {n}", body=t), at=now).ad_id for n, t in enumerate(texts)
    ]
    lifecycle.withdraw(actor=seller, ad_id=made[2], at=now)
    answer = signed_in(seller).post("/my/ads/several", {"action": "sold", "ads": made}, follow=True)
    assert [state(one) for one in made] == ["sold", "sold", "withdrawn"]
    page = answer.content.decode()
    assert "Done with 2 ads." in page
    assert "1 ad stays as it is" in page


@pytest.mark.parametrize(
    "data", [{}, {"action": "explode", "ads": ["x"]}, {"action": "sold", "ads": ["\x00", "y" * 99]}]
)
def test_odd_requests_for_several_change_nothing(live_ad: Any, seller: Actor, signed_in: Any, data: Any) -> None:
    assert signed_in(seller).post("/my/ads/several", data).status_code == 302
    assert state(live_ad.ad_id) == "live"


def test_a_mail_before_the_end_renews_in_a_tap(live_ad: Any, seller: Actor, now: datetime, outbox: list[Any]) -> None:
    near = now + TERM - timedelta(days=2)
    assert reminding.remind(at=now) == 0
    assert reminding.remind(at=near) == 1
    assert reminding.remind(at=near) == 0
    tasks.call(reminding.MAIL, ad_id=live_ad.ad_id)
    link = re.search(r"https?://[^/]+(/renew/\S+)", outbox[-1].body)
    assert link
    before = Ad.objects.get().expires_at
    assert Client().get(link[1]).status_code == 200
    assert Ad.objects.get().expires_at == before  # a mail scanner renews nothing
    assert Client().post(link[1]).status_code == 200
    after = Ad.objects.get()
    assert before is not None
    assert after.expires_at is not None
    assert after.expires_at > before
    assert after.reminded_at is None
    assert Client().get(link[1][:-3] + "abc").status_code == 404


def test_who_wants_no_such_mail_gets_none(live_ad: Any, seller: Actor, now: datetime, outbox: list[Any]) -> None:
    choose_mails(actor=seller, wanted=["talk.message"], at=now)
    sent = len(outbox)
    tasks.call(reminding.MAIL, ad_id=live_ad.ad_id)
    assert len(outbox) == sent


def test_a_copy_is_a_draft_with_photos_of_its_own(seller: Actor, signed_in: Any, now: datetime) -> None:
    photo = add_photo(actor=seller, raw=jpeg(), at=now)
    ad = submit(actor=seller, draft=bicycle(photos=[photo.id], attributes={"electric": True, "frame": 55}), at=now)
    answer = signed_in(seller).post(f"{ad.path}/copy")
    draft = SavedDraft.objects.get()
    assert answer["Location"] == f"/post?draft={draft.public_id}"
    assert draft.values["attributes.electric"] == "yes"
    assert draft.values["category"] == "vehicles/bicycles"
    assert len(draft.photos) == 1
    assert draft.photos != [photo.id]
    lifecycle.withdraw(actor=seller, ad_id=ad.ad_id, at=now)
    assert signed_in(seller).get(f"/photo/{draft.photos[0]}/s.webp").status_code == 200


def test_a_deleted_ad_is_gone_and_erased_a_month_later(
    live_ad: Any, seller: Actor, signed_in: Any, now: datetime
) -> None:
    client = signed_in(seller)
    client.post(f"{live_ad.path}/delete")
    assert "Red city bicycle" not in client.get("/my/ads").content.decode()
    assert client.get(live_ad.path).status_code == 410
    deleted = Ad.objects.get().deleted_at
    assert deleted is not None
    assert erasing.erase_deleted(at=deleted + timedelta(days=29)) == 0
    assert erasing.erase_deleted(at=deleted + timedelta(days=30)) == 1
    assert erasing.erase_deleted(at=deleted + timedelta(days=30)) == 0
    assert Revision.objects.get().body == ""


def test_a_deleted_ad_under_a_hold_is_not_erased(live_ad: Any, seller: Actor, lead: Actor, now: datetime) -> None:
    lifecycle.delete(actor=seller, ad_id=live_ad.ad_id, at=now)
    holds.place(subject_kind="ad", subject_id=live_ad.ad_id, reason="court", source_kind="order", source_id="o1",
                actor=lead, at=now)  # fmt: skip
    assert erasing.erase_deleted(at=now + timedelta(days=90)) == 0
    assert Revision.objects.get().body


def test_a_gone_ad_answers_410_with_ads_like_it(live_ad: Any, seller: Actor, now: datetime) -> None:
    submit(actor=seller, draft=bicycle(title="Green touring bicycle", body="A green one for long ways."), at=now)
    lifecycle.withdraw(actor=seller, ad_id=live_ad.ad_id, at=now)
    answer = Client().get(live_ad.path)
    assert answer.status_code == 410
    assert "Green touring bicycle" in answer.content.decode()


def test_a_seller_has_a_page_of_their_ads(live_ad: Any, seller: Actor, buyer: Actor) -> None:
    page = Client().get(f"/seller/{seller.id}").content.decode()
    assert "Red city bicycle" in page
    assert "sam@" not in page
    assert Client().get(f"/seller/{buyer.id}").status_code == 404
    assert Client().get(f"/seller/{seller.id}?cursor=abc").status_code == 422
