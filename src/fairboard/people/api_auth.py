"""Who calls the API: a bearer token with scopes, a session begun over the API, or a browser that only reads."""

from datetime import timedelta

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.http import HttpRequest
from django.utils.translation import gettext as _

from fairboard.kit import clock
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.problems import Forbidden, SignInNeeded
from fairboard.people.actors import actor_for, actor_of, lacks_second_factor, member_of
from fairboard.people.models import Member, Token
from fairboard.people.scopes import SCOPES
from fairboard.people.services.tokens import digest_of

_SAFE = {"GET", "HEAD", "OPTIONS"}


def identify(request: HttpRequest) -> tuple[Actor, frozenset[str]]:
    """The caller and what they may do; raises SignInNeeded for a token that does not work, Forbidden."""
    header = request.headers.get("Authorization", "")
    if header:
        kind, _space, raw = header.partition(" ")
        token = _token(raw.strip()) if kind.lower() == "bearer" else None
        if token is None:
            raise SignInNeeded(_("This token is not valid."))
        return actor_for(token.member), frozenset(token.scopes) & frozenset(SCOPES[token.member.role])
    if session := request.headers.get("X-Session-Token", ""):
        found = authenticate_by_x_session_token(session)
        member = found[0] if found else None
        if not isinstance(member, Member) or not member.is_active:
            raise SignInNeeded(_("This session is over. Sign in again."))
        if lacks_second_factor(member):
            raise Forbidden(_("Staff sign in with a second factor. Please set one up first."))
        return actor_for(member), frozenset(SCOPES[member.role])
    member = member_of(request) if request.method in _SAFE else None
    if member is None:
        return ANONYMOUS, frozenset()
    return actor_of(request), frozenset(SCOPES[member.role])


def _token(raw: str) -> Token | None:
    token = (
        Token.objects.select_related("member")
        .filter(digest=digest_of(raw), revoked_at=None, member__is_active=True)
        .first()
    )
    now = clock.now()
    if token and (token.last_used_at is None or token.last_used_at < now - timedelta(hours=1)):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def visitor(request: HttpRequest) -> Actor:
    """The caller, who may be anybody."""
    return identify(request)[0]


def caller(request: HttpRequest) -> Actor:
    """The caller, who must have said who they are; raises SignInNeeded."""
    actor = visitor(request)
    if not actor.id:
        raise SignInNeeded(_("Send a token: Authorization: Bearer ..."))
    return actor


def require(request: HttpRequest, scope: str) -> Actor:
    """The caller, who must hold a scope; raises SignInNeeded, Forbidden."""
    actor, scopes = identify(request)
    if not actor.id:
        raise SignInNeeded(_("Send a token: Authorization: Bearer ..."))
    if scope not in scopes:
        raise Forbidden(_("This token does not have the scope %(scope)s.") % {"scope": scope})
    return actor
