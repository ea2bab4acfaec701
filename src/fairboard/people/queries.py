"""Reading members: nobody's address leaves here but for sending mail to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import GRANTED_ROLES, STAFF_ROLES, Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.models import Member, Token


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member as others see them; ``email`` is empty unless the reader manages members."""

    id: str
    display_name: str
    role: str
    language: str
    created_at: datetime
    is_active: bool
    email: str = ""
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in the list of one's own."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


def member_pk(public_id: str) -> int:
    """The row of a member; raises NotFound."""
    pk = Member.objects.filter(public_id=public_id).values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    return pk


def member_pks(public_ids: set[str]) -> dict[str, int]:
    """The rows of members by their public ids; raises NotFound when one is missing."""
    found = dict(Member.objects.filter(public_id__in=public_ids).values_list("public_id", "pk"))
    if len(found) != len(public_ids):
        raise NotFound
    return found


def address_of(public_id: str) -> str:
    """Where mail to a member goes, empty for nobody or a member who left."""
    found = Member.objects.filter(public_id=public_id, is_active=True).values_list("email", flat=True).first()
    return found or ""


def language_of(public_id: str) -> str:
    """The language a member is written to in; the site's own for anybody else."""
    found = Member.objects.filter(public_id=public_id).values_list("language", flat=True).first()
    return found or settings.LANGUAGE_CODE


def member_by_email(email: str) -> str:
    """The public id of the member with this address; empty when there is none."""
    found = Member.objects.filter(email__iexact=email.strip()).values_list("public_id", flat=True).first()
    return found or ""


def names_of(public_ids: set[str]) -> dict[str, str]:
    """What members call themselves, by their public ids; one who is not there is missing."""
    return dict(Member.objects.filter(public_id__in=public_ids).values_list("public_id", "display_name"))


def joined_at(public_ids: set[str]) -> dict[str, datetime]:
    """When members joined, by their public ids; one who is not there is missing."""
    return dict(Member.objects.filter(public_id__in=public_ids).values_list("public_id", "created_at"))


def actor_by_id(public_id: str) -> Actor | None:
    """The actor a member is, for what they do by other ways than a browser; None for one who left."""
    member = Member.objects.filter(public_id=public_id, is_active=True).first()
    return Actor("member", member.public_id, member.role, member.display_name, member.granted) if member else None


def actors_with(permission: str) -> list[Actor]:
    """Everybody of the desk who holds a permission, for telling them what waits."""
    found = Member.objects.filter(role__in=GRANTED_ROLES, is_active=True).order_by("pk")
    actors = [Actor("member", one.public_id, one.role, one.display_name, one.granted) for one in found]
    return [actor for actor in actors if actor.can(permission)]


def colleagues(permission: str) -> dict[str, str]:
    """The names of everybody of the staff who holds a permission, by public id, in the order of their names."""
    found = Member.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("display_name", "pk")
    actors = [Actor("member", one.public_id, one.role, one.display_name, one.granted) for one in found]
    return {actor.id: actor.name for actor in actors if actor.can(permission)}


def account_record(public_id: str) -> dict[str, Any] | None:
    """All that is kept of an account, as JSON: for evidence and for the member's own export."""
    member = Member.objects.filter(public_id=public_id).first()
    if member is None:
        return None
    sessions = UserSession.objects.filter(user=member).order_by("pk")
    return {
        "id": member.public_id, "email": member.email, "display_name": member.display_name, "role": member.role,
        "language": member.language, "is_active": member.is_active, "member_since": member.created_at.isoformat(),
        "last_sign_in": member.last_login.isoformat() if member.last_login else None,
        "addresses": [
            {"email": one.email, "verified": one.verified, "primary": one.primary}
            for one in EmailAddress.objects.filter(user=member).order_by("pk")
        ],
        "sign_ins": [
            {"at": one.created_at.isoformat(), "seen": one.last_seen_at.isoformat(), "ip": str(one.ip),
             "browser": one.user_agent}
            for one in sessions
        ],
    }  # fmt: skip


def member_by_id(public_id: str, *, actor: Actor) -> MemberRow | None:
    """One member."""
    member = Member.objects.filter(public_id=public_id).first()
    return _row(member, actor) if member else None


def member_schema(actor: Actor) -> Schema:
    """What members can be filtered by: their address only by who may see it."""
    roles = (Choice("member", "member"), Choice("sales", "sales"), Choice("safety", "safety"), Choice("admin", "admin"))
    languages = tuple(Choice(code, str(name)) for code, name in settings.LANGUAGES)
    columns = {
        "name": Column(FieldSpec("name", "Name", "text"), "people_member.display_name"),
        "email": Column(FieldSpec("email", "E-mail", "text"), "people_member.email"),
        "role": Column(FieldSpec("role", "Role", "choice", choices=roles), "people_member.role"),
        "language": Column(FieldSpec("language", "Language", "choice", choices=languages), "people_member.language"),
        "joined": Column(FieldSpec("joined", "Since", "date"), day_of("people_member.created_at")),
    }
    if not actor.can("members.manage"):
        del columns["email"]
    return Schema(columns)


def members(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 50) -> Page[MemberRow]:
    """Members of a filter, newest first; raises Forbidden without ``members.view``."""
    if not actor.can("members.view"):
        raise Forbidden
    found = narrowed(Member.objects.order_by("-pk"), tree, member_schema(actor))
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(member, actor) for member in rows[:size]], next_cursor=more)


def tokens(*, actor: Actor) -> list[TokenRow]:
    """The actor's own tokens that still work."""
    found = Token.objects.filter(member__public_id=actor.id, revoked_at=None).order_by("-pk")
    return [TokenRow(one.public_id, one.name, tuple(one.scopes), one.created_at, one.last_used_at) for one in found]


def _row(member: Member, actor: Actor) -> MemberRow:
    sees = actor.can("members.manage") or actor.id == member.public_id
    return MemberRow(
        member.public_id, member.display_name, member.role, member.language, member.created_at,
        member.is_active, member.email if sees else "", tuple(sorted(member.granted)) if sees else (),
    )  # fmt: skip


def has_confirmed_address(public_id: str) -> bool:
    """Whether a member confirmed the address mail goes to."""
    return bool(EmailAddress.objects.filter(user__public_id=public_id, primary=True, verified=True).exists())


def is_member(public_id: str) -> bool:
    """Whether somebody has or had this account."""
    return Member.objects.filter(public_id=public_id).exists()


def account_data(public_id: str) -> dict[str, object]:
    """What an account holds of its member, for a disclosure an authority may ask for; raises NotFound.

    No password, no token, no second factor: they are not data about the person.
    """
    member = Member.objects.filter(public_id=public_id).first()
    if member is None:
        raise NotFound
    return {
        "id": member.public_id, "name": member.display_name, "email": member.email, "language": member.language,
        "joined_at": member.created_at, "last_sign_in_at": member.last_login, "is_active": member.is_active,
    }  # fmt: skip
