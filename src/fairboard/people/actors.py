"""From a signed-in member or a request to the actor that services are told of."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest

from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.people.models import Member


def lacks_second_factor(member: Member) -> bool:
    """Whether somebody of the staff has yet to set up the second factor they need."""
    return bool(settings.STAFF_SECOND_FACTOR and member.is_staff and not is_mfa_enabled(member))


def actor_for(member: Member) -> Actor:
    """The actor a member is."""
    return Actor("member", member.public_id, member.role, member.display_name, member.granted)


def member_of(request: HttpRequest) -> Member | None:
    """The signed-in member of a request."""
    user: AbstractBaseUser | AnonymousUser | None = getattr(request, "user", None)
    return user if isinstance(user, Member) and user.is_active else None


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request: its member, or a visitor."""
    member = member_of(request)
    return actor_for(member) if member else ANONYMOUS
