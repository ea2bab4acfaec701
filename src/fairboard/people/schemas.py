"""Shapes of the people room's API."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from fairboard.kit.schemas import BodySchema


class MemberOut(Schema):
    """A member; ``email`` is empty unless it is one's own or one manages members."""

    id: str
    display_name: str
    role: str
    language: str
    created_at: datetime
    is_active: bool
    email: str
    grants: list[str] = []


class MemberList(Schema):
    """A page of members."""

    items: list[MemberOut]
    next_cursor: str


class LanguageIn(BodySchema):
    """The language the site and its mails speak to one in, such as ``de``."""

    language: Annotated[str, Field(min_length=2, max_length=10)]


class RoleIn(BodySchema):
    """The role a member gets."""

    role: Literal["member", "sales", "safety", "admin"]


class GrantsIn(BodySchema):
    """What somebody of the safety desk may do beyond their role."""

    grants: list[Literal["safety_lead", "child_safety"]]


class TokenIn(BodySchema):
    """A token to be made; all scopes of one's role when none are named."""

    name: Annotated[str, Field(max_length=80, pattern=r"^[^\u0000]*$")] = "token"
    scopes: list[str] | None = None


class TokenOut(Schema):
    """A token as its owner sees it."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None


class NewTokenOut(Schema):
    """A token just made. ``token`` is shown this once."""

    id: str
    token: str
    scopes: list[str]
