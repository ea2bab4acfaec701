"""API tokens: shown once, kept as digests."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.people import events
from fairboard.people.models import Member, Token
from fairboard.people.scopes import SCOPES

PREFIX = "fb_"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; ``raw`` is never seen again."""

    id: str
    raw: str
    scopes: tuple[str, ...]


def digest_of(raw: str) -> str:
    """What is kept of a token. It is 256 random bits, so a plain hash needs no salt."""
    return hashlib.sha256(raw.encode()).hexdigest()


def create_token(
    *, actor: Actor, member_id: str, name: str, at: datetime, scopes: Sequence[str] | None = None
) -> NewToken:
    """Make a token of one's own (or, for the operator, of anybody); raises Forbidden, NotFound, Invalid."""
    member = Member.objects.filter(public_id=member_id, is_active=True).first()
    if member is None:
        raise NotFound
    if actor.id != member_id and not actor.can("members.manage"):
        raise Forbidden
    allowed = SCOPES[member.role]
    wanted = tuple(allowed if scopes is None else dict.fromkeys(scopes))
    if unknown := [scope for scope in wanted if scope not in allowed]:
        raise Invalid(_("Your role does not have: %(scopes)s.") % {"scopes": ", ".join(unknown)}, field="scopes")
    raw = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            member=member,
            name=name.replace("\x00", "").strip()[:80] or "token",
            digest=digest_of(raw),
            scopes=list(wanted),
            created_at=at,
        )
        record(
            kind=events.TOKEN_CREATED, subject=Subject("member", member_id), actor=actor, at=at,
            data={"token": token.public_id, "scopes": list(wanted)},
        )  # fmt: skip
    return NewToken(token.public_id, raw, wanted)


def revoke_token(*, actor: Actor, token_id: str, at: datetime) -> None:
    """Take back one of one's own tokens; raises NotFound."""
    with transaction.atomic():
        if not Token.objects.filter(public_id=token_id, member__public_id=actor.id, revoked_at=None).update(
            revoked_at=at
        ):
            raise NotFound(_("You have no such token."))
        record(
            kind=events.TOKEN_REVOKED,
            subject=Subject("member", actor.id),
            actor=actor,
            at=at,
            data={"token": token_id},
        )
