"""Joining, and what staff change about members."""

from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import GRANTED_ROLES, GRANTS, ROLES, Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people import events
from fairboard.people.models import Member


def ensure_member(*, actor: Actor, email: str, role: str | None, at: datetime, display_name: str = "") -> str:
    """The public id of the member with this address, made (verified) when new, with this role.

    Without a role, the one they have stays; somebody new becomes a member. Raises Forbidden, Invalid.
    """
    if not actor.can("members.manage"):
        raise Forbidden
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(_("%(email)s is not a mail address.") % {"email": email}, field="email") from error
    if role is not None and role not in ROLES:
        raise Invalid(_("There is no such role."), field="role")
    with transaction.atomic():
        member = Member.objects.filter(email__iexact=address).first()
        if member is None:
            name = display_name.strip() or address.split("@")[0].replace(".", " ").title()
            member = Member.objects.create_user(address, display_name=name[:60], role=role or "member", created_at=at)
            EmailAddress.objects.create(user=member, email=address, verified=True, primary=True)
            joined(member_id=member.public_id, actor=actor, at=at)
        elif role is not None:
            _set_role(member, role, actor, at)
    return member.public_id


def joined(*, member_id: str, actor: Actor, at: datetime) -> None:
    """Record that somebody became a member, in the sign-up's transaction."""
    with transaction.atomic():
        record(kind=events.JOINED, subject=Subject("member", member_id), actor=actor, at=at)


def set_role(*, actor: Actor, member_id: str, role: str, at: datetime) -> None:
    """Give a member another role; raises Forbidden, NotFound, Invalid."""
    if not actor.can("members.manage"):
        raise Forbidden
    if role not in ROLES:
        raise Invalid(_("There is no such role."), field="role")
    with transaction.atomic():
        member = Member.objects.filter(public_id=member_id).first()
        if member is None:
            raise NotFound
        _set_role(member, role, actor, at)


def set_grants(*, actor: Actor, member_id: str, grants: Collection[str], at: datetime) -> None:
    """Say what somebody of the desk may do beyond their role; raises Forbidden, NotFound, Invalid."""
    if not actor.can("members.manage"):
        raise Forbidden
    if unknown := sorted(set(grants) - GRANTS.keys()):
        raise Invalid(_("There is no such permission: %(name)s.") % {"name": unknown[0]}, field="grants")
    with transaction.atomic():
        member = Member.objects.filter(public_id=member_id).first()
        if member is None:
            raise NotFound
        if grants and member.role not in GRANTED_ROLES:
            raise Invalid(_("Only somebody of the safety desk can be given this."), field="grants")
        before, member.grants = member.grants, sorted(set(grants))
        if before == member.grants:
            return
        member.save(update_fields=["grants"])
        record(
            kind=events.GRANTS_CHANGED, subject=Subject("member", member.public_id), actor=actor, at=at,
            data={"from": before, "to": member.grants},
        )  # fmt: skip


def set_language(*, actor: Actor, language: str, at: datetime) -> None:
    """Write to the member ``actor`` in this language from now on; raises Forbidden, Invalid."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("The site does not speak this language."), field="language")
    with transaction.atomic():
        member = Member.objects.filter(public_id=actor.id).first()
        if member is None:
            raise Forbidden
        before, member.language = member.language, language
        if before == language:
            return
        member.save(update_fields=["language"])
        record(
            kind=events.LANGUAGE_CHANGED, subject=Subject("member", member.public_id), actor=actor, at=at,
            data={"from": before, "to": language},
        )  # fmt: skip


def _set_role(member: Member, role: str, actor: Actor, at: datetime) -> None:
    before, member.role = member.role, role
    if before == role:
        return
    member.save(update_fields=["role"])
    record(
        kind=events.ROLE_CHANGED, subject=Subject("member", member.public_id), actor=actor, at=at,
        data={"from": before, "to": role},
    )  # fmt: skip
