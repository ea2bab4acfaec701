"""Placing an ad: judged in the request, found in the same commit, or held with a reason."""

from datetime import datetime

import pytest

from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Forbidden, NotFound, TooMany
from fairboard.ledger.queries import timeline
from fairboard.market.queries.ads import ad_for
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.services.drafts import BadDraft
from fairboard.market.services.posting import ADS_AN_HOUR, submit
from tests.market.drafts import bicycle, hidden_number, prohibited


def found(words: str) -> list[str]:
    return [card.id for card in search(Search(words=words)).items]


def test_an_allowed_ad_is_live_and_found_at_once(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=bicycle(), at=now)
    assert (done.state, done.verdict) == ("live", "allow")
    assert found("bicycle") == [done.ad_id]
    assert found("red bicycles") == [done.ad_id]


def test_a_held_ad_says_why_and_is_seen_by_nobody_else(seller: Actor, buyer: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=hidden_number(), at=now)
    assert (done.state, done.verdict) == ("in_review", "hold")
    assert done.reasons[0].spans[0]["field"] == "body"
    assert found("bicycle") == []
    assert ad_for(ad_id=done.ad_id, actor=buyer) is None
    own = ad_for(ad_id=done.ad_id, actor=seller)
    assert own is not None
    assert own.title == "Blue bicycle"


def test_a_prohibited_ad_is_refused(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=prohibited(), at=now)
    assert (done.state, done.verdict) == ("removed", "reject")
    assert found("service") == []


def test_a_new_version_replaces_the_old_one_in_the_index(seller: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=bicycle(), at=now)
    submit(actor=seller, draft=bicycle(title="Green city bicycle"), at=now, ad_id=done.ad_id)
    assert found("red") == []
    assert found("green") == [done.ad_id]


def test_a_held_change_leaves_the_allowed_version_in_sight(seller: Actor, buyer: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=bicycle(), at=now)
    changed = submit(actor=seller, draft=hidden_number(), at=now, ad_id=done.ad_id)
    assert changed.verdict == "hold"
    shown = ad_for(ad_id=done.ad_id, actor=buyer)
    assert shown is not None
    assert shown.title == "Red city bicycle"


def test_every_mistake_is_named_at_once(seller: Actor, now: datetime) -> None:
    draft = bicycle(title="", body="short", place="nowhere", price="cheap", attributes={"wings": "2"})
    with pytest.raises(BadDraft) as caught:
        submit(actor=seller, draft=draft, at=now)
    fields = {error["field"] for error in caught.value.errors}
    assert fields == {"title", "body", "place", "price", "attributes.wings"}


def test_a_visitor_cannot_post(db: None, now: datetime) -> None:
    with pytest.raises(Forbidden):
        submit(actor=ANONYMOUS, draft=bicycle(), at=now)


def test_nobody_edits_somebody_elses_ad(seller: Actor, buyer: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=bicycle(), at=now)
    with pytest.raises(NotFound):
        submit(actor=buyer, draft=bicycle(), at=now, ad_id=done.ad_id)


def test_a_flood_is_stopped(seller: Actor, now: datetime) -> None:
    for number in range(ADS_AN_HOUR):
        submit(actor=seller, draft=bicycle(title=f"Bicycle number {number}"), at=now)
    with pytest.raises(TooMany):
        submit(actor=seller, draft=bicycle(), at=now)


def test_each_submission_leaves_its_events(seller: Actor, moderator: Actor, now: datetime) -> None:
    done = submit(actor=seller, draft=bicycle(), at=now)
    events = timeline(actor=moderator, subject_kind="ad", subject_id=done.ad_id).items
    assert [event.kind for event in events] == ["market.ad.published", "safety.submission.judged"]
    assert all("bicycle" not in str(event.data).replace("vehicles/bicycles", "") for event in events)
