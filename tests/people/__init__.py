"""Behaviour of people, and the people other tests are about."""

from collections.abc import Sequence

from django.test import Client

from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.people.models import Member
from fairboard.people.queries import actor_by_id
from fairboard.people.services.members import ensure_member, set_grants
from fairboard.people.services.tokens import create_token

OPERATOR = Actor.system("tests")


def make_member(name: str, role: str = "member", grants: Sequence[str] = ()) -> Actor:
    """A member called ``name``."""
    made = ensure_member(
        actor=OPERATOR, email=f"{name}@example.org", role=role, at=clock.now(), display_name=name.title()
    )
    set_grants(actor=OPERATOR, member_id=made, grants=grants, at=clock.now())
    actor = actor_by_id(made)
    assert actor is not None
    return actor


def client_of(actor: Actor) -> Client:
    """A browser session of a member."""
    client = Client()
    client.force_login(Member.objects.get(public_id=actor.id))
    return client


def token_of(actor: Actor, scopes: list[str] | None = None) -> str:
    """An API token of a member, with all scopes of the role unless some are named."""
    return create_token(actor=actor, member_id=actor.id, name="test", at=clock.now(), scopes=scopes).raw
