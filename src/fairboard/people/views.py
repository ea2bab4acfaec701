"""The account's own pages beside django-allauth's."""

from allauth.headless.account.views import SignupView
from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.filters import from_query
from fairboard.kit import clock
from fairboard.kit.actors import GRANTED_ROLES, GRANTS, ROLES
from fairboard.kit.problems import Invalid, Problem
from fairboard.people import queries
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required, sign_in_required
from fairboard.people.forms import JoinInput
from fairboard.people.scope_words import choices
from fairboard.people.scopes import SCOPES
from fairboard.people.services import links, members, tokens
from fairboard.ui import listbar


class JoinView(SignupView):  # type: ignore[misc]
    """Signing up over the API."""

    input_class = {"POST": JoinInput}


@sign_in_required
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """One's account: what is known of one, ways to sign in, API tokens."""
    made = None
    problem: Problem | None = None
    actor = actor_of(request)
    if request.method == "POST":
        try:
            if "revoke" in request.POST:
                tokens.revoke_token(actor=actor, token_id=request.POST["revoke"], at=clock.now())
                return redirect("people_home")
            chosen = request.POST.getlist("scopes") if "choose" in request.POST else None
            if chosen == []:
                raise Invalid(_("Choose what the token may do."), field="scopes")
            made = tokens.create_token(
                actor=actor, member_id=actor.id, name=request.POST.get("name", ""), at=clock.now(), scopes=chosen
            )
        except Problem as found:
            problem = found
    context = {
        "tokens": queries.tokens(actor=actor), "made": made, "problem": problem,
        "scopes": choices(SCOPES[actor.role]), "typed": request.POST if problem else {},
        "chosen": request.POST.getlist("scopes") if problem else list(SCOPES[actor.role]),
    }  # fmt: skip
    return render(request, "people/home.html", context)


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: the page asks for a click, so that a mail scanner does not use it up."""
    if request.method == "POST":
        member = links.use_sign_in_link(raw=token, at=clock.now())
        login(request, member, backend="allauth.account.auth_backends.AuthenticationBackend")
        UserSession.objects.create_from_request(request)
        actor = actor_of(request)
        return redirect("safety:queue" if actor.can("desk.view") else "crm:home" if actor.can("crm.use") else "/")
    return render(request, "people/link.html")


@permission_required("members.manage")
@require_http_methods(["GET", "POST"])
def member_list(request: HttpRequest) -> HttpResponse:
    """Every member, and their roles."""
    actor = actor_of(request)
    if request.method == "POST":
        chosen, at = request.POST.get("member", ""), clock.now()
        with transaction.atomic():
            members.set_role(actor=actor, member_id=chosen, role=request.POST.get("role", ""), at=at)
            grants = request.POST.getlist("grants") if request.POST.get("role") in GRANTED_ROLES else []
            members.set_grants(actor=actor, member_id=chosen, grants=grants, at=at)
        return redirect(request.get_full_path())
    schema = queries.member_schema(actor)
    asked = from_query(dict(request.GET.lists()), schema)
    page = queries.members(actor=actor, tree=asked.tree, cursor=request.GET.get("cursor", ""))
    bar = listbar.context(request, schema, asked, page.next_cursor)
    return render(
        request,
        "people/members.html",
        {"members": page.items, "roles": ROLES, "grants": list(GRANTS), "granted_roles": GRANTED_ROLES, **bar},
    )
