"""One-time sign-in links, for staff made on the command line and for the demo."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Gone, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people import events
from fairboard.people.actors import actor_for
from fairboard.people.models import Member, SignInLink
from fairboard.people.services.tokens import digest_of


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made; its path is never seen again."""

    path: str
    expires_at: datetime


def create_sign_in_link(*, actor: Actor, member_id: str, at: datetime, valid: timedelta = timedelta(days=1)) -> NewLink:
    """Make a link that signs a member in once; raises Forbidden, NotFound."""
    if not actor.can("members.manage"):
        raise Forbidden
    member = Member.objects.filter(public_id=member_id, is_active=True).first()
    if member is None:
        raise NotFound
    raw = secrets.token_urlsafe(24)
    with transaction.atomic():
        SignInLink.objects.create(member=member, digest=digest_of(raw), expires_at=at + valid)
        record(kind=events.LINK_CREATED, subject=Subject("member", member_id), actor=actor, at=at)
    return NewLink(reverse("people_link", kwargs={"token": raw}), at + valid)


def use_sign_in_link(*, raw: str, at: datetime) -> Member:
    """The member a link signs in; raises Gone for one that was used or is too old."""
    with transaction.atomic():
        found = SignInLink.objects.filter(digest=digest_of(raw))
        if not found.filter(used_at=None, expires_at__gt=at, member__is_active=True).update(used_at=at):
            raise Gone(_("This link was used already, or is too old. Ask for a new one."))
        member = found.select_related("member")[0].member
        record(kind=events.LINK_USED, subject=Subject("member", member.public_id), actor=actor_for(member), at=at)
    return member
