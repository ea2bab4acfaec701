"""From a signed-in member or a request to the actor that services are told of."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest

from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.people.models import Member


def actor_for(member: Member) -> Actor:
    """The actor a member is."""
    return Actor("member", member.public_id, member.role, member.display_name)


def member_of(request: HttpRequest) -> Member | None:
    """The signed-in member of a request."""
    user: AbstractBaseUser | AnonymousUser | None = getattr(request, "user", None)
    return user if isinstance(user, Member) and user.is_active else None


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: its member, or a visitor."""
    member = member_of(request)
    return actor_for(member) if member else ANONYMOUS
