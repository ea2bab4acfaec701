"""One-time links: once, within their time, and not by a mail scanner that merely looks."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Gone, NotFound
from fairboard.ledger.queries import timeline
from fairboard.people.models import Member, SignInLink
from fairboard.people.services.links import create_sign_in_link, use_sign_in_link
from tests.people import OPERATOR


def token_for(member: Actor, at: datetime) -> str:
    return create_sign_in_link(actor=OPERATOR, member_id=member.id, at=at).path.rpartition("/")[2]


def test_a_link_signs_in_the_first_time_only(seller: Actor, now: datetime) -> None:
    raw = token_for(seller, now)
    assert use_sign_in_link(raw=raw, at=now).public_id == seller.id
    with pytest.raises(Gone):
        use_sign_in_link(raw=raw, at=now)


def test_a_link_ends_with_its_day(seller: Actor, now: datetime) -> None:
    last, late = token_for(seller, now), token_for(seller, now)
    day = timedelta(days=1)
    use_sign_in_link(raw=last, at=now + day - timedelta(seconds=1))
    with pytest.raises(Gone):
        use_sign_in_link(raw=late, at=now + day)


@pytest.mark.parametrize("raw", ["", "abc", "\x00", "ü" * 500])
def test_a_link_nobody_made_signs_nobody_in(db: None, raw: str, now: datetime) -> None:
    with pytest.raises(Gone):
        use_sign_in_link(raw=raw, at=now)


def test_a_member_who_left_is_not_let_in(seller: Actor, now: datetime) -> None:
    raw = token_for(seller, now)
    Member.objects.filter(public_id=seller.id).update(is_active=False)
    with pytest.raises(Gone):
        use_sign_in_link(raw=raw, at=now)
    with pytest.raises(NotFound):
        token_for(seller, now)


def test_nobody_makes_a_link_into_an_account(seller: Actor, moderator: Actor, now: datetime) -> None:
    for actor in (seller, moderator):
        with pytest.raises(Forbidden):
            create_sign_in_link(actor=actor, member_id=seller.id, at=now)
    assert not SignInLink.objects.exists()


def test_looking_at_a_link_does_not_use_it_up(seller: Actor) -> None:
    path = create_sign_in_link(actor=OPERATOR, member_id=seller.id, at=clock.now()).path
    client = Client()
    for _ in range(2):
        assert client.get(path).status_code == 200
        assert "_auth_user_id" not in client.session
    assert client.post(path).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_used_link_says_what_to_do(seller: Actor) -> None:
    path = create_sign_in_link(actor=OPERATOR, member_id=seller.id, at=clock.now()).path
    Client().post(path)
    answer = Client().post(path)
    assert answer.status_code == 410
    assert "Ask for a new one" in answer.content.decode()


def test_making_and_using_a_link_is_written_down(seller: Actor, now: datetime) -> None:
    raw = token_for(seller, now)
    use_sign_in_link(raw=raw, at=now)
    events = timeline(actor=OPERATOR, subject_kind="member", subject_id=seller.id).items
    assert [event.kind for event in events] == ["people.link.used", "people.link.created", "people.member.joined"]
    assert events[0].actor_id == seller.id
    assert raw not in str(events)
