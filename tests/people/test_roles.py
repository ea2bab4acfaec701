"""Roles: given by administrators alone, written down, and obeyed at once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.queries import timeline
from fairboard.people.models import Member
from fairboard.people.queries import member_by_id
from fairboard.people.services.members import ensure_member, set_language, set_role
from tests.people import OPERATOR, token_of


def role_of(member: Actor) -> str:
    return Member.objects.get(public_id=member.id).role


def events(member_id: str) -> list[tuple[str, dict[str, str]]]:
    found = timeline(actor=OPERATOR, subject_kind="member", subject_id=member_id).items
    return [(event.kind, event.data) for event in found]


def test_an_administrator_gives_a_role_and_it_is_written_down(admin: Actor, seller: Actor, now: datetime) -> None:
    set_role(actor=admin, member_id=seller.id, role="safety", at=now)
    assert role_of(seller) == "safety"
    assert events(seller.id)[0] == ("people.member.role_changed", {"from": "member", "to": "safety"})


@pytest.mark.parametrize("role", ["member", "sales", "safety"])
def test_nobody_else_gives_roles_not_even_to_themselves(
    make_member: Callable[..., Actor], role: str, now: datetime
) -> None:
    actor = make_member("eve", role=role)
    with pytest.raises(Forbidden):
        set_role(actor=actor, member_id=actor.id, role="admin", at=now)
    assert role_of(actor) == role


def test_a_role_or_a_member_that_is_none_changes_nothing(admin: Actor, seller: Actor, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        set_role(actor=admin, member_id=seller.id, role="boss", at=now)
    assert caught.value.field == "role"
    with pytest.raises(NotFound):
        set_role(actor=admin, member_id="nobody", role="sales", at=now)
    assert role_of(seller) == "member"


def test_a_role_somebody_has_already_is_no_event(admin: Actor, seller: Actor, now: datetime) -> None:
    before = events(seller.id)
    set_role(actor=admin, member_id=seller.id, role="member", at=now)
    assert events(seller.id) == before


def test_a_token_loses_what_its_member_may_no_longer_do(admin: Actor, moderator: Actor, now: datetime) -> None:
    headers = {"Authorization": f"Bearer {token_of(moderator)}"}
    assert Client().get("/api/v1/members", headers=headers).status_code == 200
    set_role(actor=admin, member_id=moderator.id, role="member", at=now)
    assert Client().get("/api/v1/members", headers=headers).status_code == 403
    assert Client().get("/api/v1/me", headers=headers).status_code == 200


def test_a_member_made_by_the_operator_has_a_confirmed_address(db: None, now: datetime) -> None:
    made = ensure_member(actor=OPERATOR, email="  Nina.Berg@Example.org ", role="sales", at=now)
    member = Member.objects.get(public_id=made)
    assert (member.email, member.display_name, member.role) == ("nina.berg@example.org", "Nina Berg", "sales")
    assert EmailAddress.objects.get(user=member).verified
    assert not member.has_usable_password()
    assert [kind for kind, _data in events(made)] == ["people.member.joined"]


def test_the_same_address_in_another_case_is_the_same_member(db: None, now: datetime) -> None:
    first = ensure_member(actor=OPERATOR, email="nina@example.org", role=None, at=now)
    assert ensure_member(actor=OPERATOR, email="NINA@example.org", role=None, at=now) == first
    assert role_of(Actor("member", first, "")) == "member"


@pytest.mark.parametrize("email", ["", "nina", "nina@", "a b@example.org", "nina@example.org\nBcc: x@example.org"])
def test_no_member_is_made_for_an_address_that_is_none(db: None, email: str, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        ensure_member(actor=OPERATOR, email=email, role=None, at=now)
    assert caught.value.field == "email"
    assert not Member.objects.exists()


@pytest.mark.parametrize("role", ["anonymous", "member", "safety"])
def test_members_are_made_by_those_who_manage_them(db: None, role: str, now: datetime) -> None:
    with pytest.raises(Forbidden):
        ensure_member(actor=Actor("member", "x", role), email="nina@example.org", role="admin", at=now)
    assert not Member.objects.exists()


def test_a_language_is_kept_and_written_down_once(seller: Actor, now: datetime) -> None:
    for _ in range(2):
        set_language(actor=seller, language="de", at=now)
    row = member_by_id(seller.id, actor=seller)
    assert row is not None
    assert row.language == "de"
    kinds = [kind for kind, _data in events(seller.id)]
    assert kinds == ["people.member.language_changed", "people.member.joined"]


def test_a_language_the_site_does_not_speak_is_refused(seller: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        set_language(actor=seller, language="tlh", at=now)
    with pytest.raises(Forbidden):
        set_language(actor=ANONYMOUS, language="de", at=now)
