"""API tokens: one's own, never more than one's role, gone when taken back."""

from datetime import datetime

import pytest
from django.test import Client

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.queries import timeline
from fairboard.people.models import Member, Token
from fairboard.people.queries import tokens
from fairboard.people.services.tokens import create_token, revoke_token
from tests.api.client import Caller
from tests.people import OPERATOR, client_of


def status(raw: str) -> int:
    return Client().get("/api/v1/me", headers={"Authorization": f"Bearer {raw}"}).status_code


def test_a_token_has_every_scope_of_the_role_unless_fewer_are_named(
    seller: Actor, moderator: Actor, now: datetime
) -> None:
    whole = create_token(actor=moderator, member_id=moderator.id, name="desk", at=now)
    assert "desk:write" in whole.scopes
    few = create_token(actor=seller, member_id=seller.id, name="", at=now, scopes=["ads:read", "ads:read"])
    assert few.scopes == ("ads:read",)


def test_a_scope_beyond_the_role_is_refused_by_name(seller: Actor, now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        create_token(actor=seller, member_id=seller.id, name="x", at=now, scopes=["ads:read", "desk:write"])
    assert caught.value.errors == [{"field": "scopes", "message": "Your role does not have: desk:write."}]
    assert not Token.objects.exists()


def test_a_token_of_somebody_else_is_refused(seller: Actor, buyer: Actor, moderator: Actor, now: datetime) -> None:
    for actor in (buyer, moderator):
        with pytest.raises(Forbidden):
            create_token(actor=actor, member_id=seller.id, name="x", at=now)
    assert not Token.objects.exists()


def test_a_member_who_left_gets_no_token_and_their_old_one_stops(seller: Actor, now: datetime) -> None:
    raw = create_token(actor=seller, member_id=seller.id, name="x", at=now).raw
    Member.objects.filter(public_id=seller.id).update(is_active=False)
    assert status(raw) == 401
    with pytest.raises(NotFound):
        create_token(actor=OPERATOR, member_id=seller.id, name="x", at=now)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  my car  ", "my car"), ("", "token"), ("x" * 200, "x" * 80), ("a\x00b", "ab"), ("\x00", "token")],
)
def test_a_name_fits_whatever_is_typed(seller: Actor, typed: str, kept: str) -> None:
    answer = client_of(seller).post("/account/", {"name": typed})
    assert answer.status_code == 200
    (row,) = tokens(actor=seller)
    assert row.name == kept


def test_a_token_taken_back_stops_at_once(seller: Actor, now: datetime) -> None:
    made = create_token(actor=seller, member_id=seller.id, name="x", at=now)
    assert status(made.raw) == 200
    revoke_token(actor=seller, token_id=made.id, at=now)
    assert status(made.raw) == 401
    assert tokens(actor=seller) == []
    with pytest.raises(NotFound):
        revoke_token(actor=seller, token_id=made.id, at=now)


def test_nobody_takes_back_somebody_elses_token(seller: Actor, admin: Actor, now: datetime) -> None:
    made = create_token(actor=seller, member_id=seller.id, name="x", at=now)
    with pytest.raises(NotFound):
        revoke_token(actor=admin, token_id=made.id, at=now)
    assert status(made.raw) == 200


def test_a_token_makes_no_token_with_more_scopes_than_its_own(seller: Actor, now: datetime) -> None:
    caller = Caller(seller)
    raw = create_token(actor=seller, member_id=seller.id, name="x", at=now, scopes=["account"]).raw
    caller.headers = {"Authorization": f"Bearer {raw}"}
    assert caller.post("/tokens", {"scopes": ["ads:write"]}).status_code == 403
    assert caller.post("/tokens", {}).json()["scopes"] == ["account"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Basic {}", "{}", "Bearer {}x", "Token {}"])
def test_only_the_whole_token_as_a_bearer_is_taken(seller: Actor, now: datetime, header: str) -> None:
    raw = create_token(actor=seller, member_id=seller.id, name="x", at=now).raw
    answer = Client().get("/api/v1/me", headers={"Authorization": header.format(raw)})
    assert answer.status_code == 401


def test_the_ledger_knows_of_a_token_but_not_the_token(seller: Actor, now: datetime) -> None:
    made = create_token(actor=seller, member_id=seller.id, name="my secret name", at=now)
    (event, _joined) = timeline(actor=OPERATOR, subject_kind="member", subject_id=seller.id).items
    assert (event.kind, event.data["token"]) == ("people.token.created", made.id)
    assert made.raw not in str(event)
