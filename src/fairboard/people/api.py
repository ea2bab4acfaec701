"""One's account, tokens and, for staff, members over the API."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people import queries
from fairboard.people.api_auth import caller, identify, require
from fairboard.people.schemas import GrantsIn, LanguageIn, MemberList, MemberOut, NewTokenOut, RoleIn, TokenIn, TokenOut
from fairboard.people.services import members, tokens

router = Router(tags=["people"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/me", response={200: MemberOut, PROBLEMS: ProblemOut})
def read_me(request: HttpRequest) -> Any:
    """Who the token belongs to."""
    actor = caller(request)
    return queries.member_by_id(actor.id, actor=actor)


@router.put("/me/language", response={200: MemberOut, PROBLEMS: ProblemOut})
def change_language(request: HttpRequest, choice: LanguageIn) -> Any:
    """Have the site and its mails speak another language to one."""
    actor = require(request, "account")
    members.set_language(actor=actor, language=choice.language, at=clock.now())
    return queries.member_by_id(actor.id, actor=actor)


@router.get("/members", response={200: MemberList, PROBLEMS: ProblemOut})
def list_members(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
) -> Any:
    """Members, newest first."""
    actor = require(request, "members:read")
    page = queries.members(actor=actor, tree=read_filter(filter, queries.member_schema(actor)), cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.put("/members/{member_id}/role", response={200: MemberOut, PROBLEMS: ProblemOut})
def change_role(request: HttpRequest, role: RoleIn, member_id: str = ID) -> Any:
    """Give a member another role; administrators only."""
    actor = require(request, "members:write")
    members.set_role(actor=actor, member_id=member_id, role=role.role, at=clock.now())
    row = queries.member_by_id(member_id, actor=actor)
    if row is None:
        raise NotFound(_("There is no such member."))
    return row


@router.put("/members/{member_id}/grants", response={200: MemberOut, PROBLEMS: ProblemOut})
def change_grants(request: HttpRequest, choice: GrantsIn, member_id: str = ID) -> Any:
    """Say what somebody of the safety desk may do beyond their role; administrators only."""
    actor = require(request, "members:write")
    members.set_grants(actor=actor, member_id=member_id, grants=choice.grants, at=clock.now())
    return queries.member_by_id(member_id, actor=actor)


@router.get("/tokens", response={200: list[TokenOut], PROBLEMS: ProblemOut})
def list_tokens(request: HttpRequest) -> Any:
    """One's own tokens that still work."""
    return queries.tokens(actor=require(request, "account"))


@router.post("/tokens", response={201: NewTokenOut, PROBLEMS: ProblemOut})
def make_token(request: HttpRequest, token: TokenIn) -> Any:
    """Make a token of one's own, with fewer scopes if named; never with more than the one it is made with."""
    actor = require(request, "account")
    held = identify(request)[1]
    wanted = sorted(held) if token.scopes is None else token.scopes
    if beyond := [scope for scope in wanted if scope not in held]:
        raise Forbidden(_("The token you send does not have: %(scopes)s.") % {"scopes": ", ".join(beyond)})
    made = tokens.create_token(actor=actor, member_id=actor.id, name=token.name, at=clock.now(), scopes=wanted)
    return Status(201, {"id": made.id, "token": made.raw, "scopes": list(made.scopes)})


@router.delete("/tokens/{token_id}", response={204: None, PROBLEMS: ProblemOut})
def revoke_token(request: HttpRequest, token_id: str = ID) -> Any:
    """Take back one of one's own tokens; it stops working at once."""
    tokens.revoke_token(actor=require(request, "account"), token_id=token_id, at=clock.now())
    return Status(204, None)
