"""Profiles, seats, teams and territories in the console."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm import forms_setup as forms
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import access as queries
from fairboard.crm.queries import staff
from fairboard.crm.queries.records import schema_of
from fairboard.crm.queries.setup import profile_labels, works
from fairboard.crm.services import access as services
from fairboard.crm.services import territories as divisions
from fairboard.crm.views.setup import attempt
from fairboard.kit import clock
from fairboard.kit.problems import NotFound
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def profiles(request: HttpRequest) -> HttpResponse:
    """Every profile; a new one that begins as another."""
    actor, problem = actor_of(request), None
    rows = queries.profiles(actor=actor)
    if request.method == "POST":
        post = request.POST
        first = next((one for one in rows if one.key == post.get("like", "")), rows[0])
        made: list[str] = []
        problem = attempt(
            request,
            lambda: made.append(
                services.save_profile(
                    key="", label=post.get("label", ""), rights=first.rights, fields=first.fields,
                    permissions=first.permissions, actor=actor, at=clock.now(),
                )
            ),
            _("Now say what it may do."),
        )  # fmt: skip
        if problem is None:
            return redirect("crm:setup_profile", profile=made[0])
    context = {"profiles": rows, "problem": problem, "typed": request.POST.dict()}
    return render(request, "crm/setup/profiles.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, profile: str) -> HttpResponse:
    """What a profile may do with each object and each field."""
    actor, problem = actor_of(request), None
    row = next((one for one in queries.profiles(actor=actor) if one.key == profile), None)
    if row is None:
        raise NotFound(_("There is no such profile."))
    types = catalogue().types
    shown = request.GET.get("fields", "") if request.GET.get("fields", "") in types else ""
    if request.method == "POST":
        post, at = request.POST, clock.now()
        if post.get("op") == "remove":
            problem = attempt(
                request, lambda: services.remove_profile(key=profile, actor=actor, at=at), _("Removed.")
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup_profiles")
        else:
            shown = post.get("shown", "") if post.get("shown", "") in types else ""
            fields = dict(row.fields)
            for one in types[shown].fields if shown else ():
                fields[f"{shown}.{one}"] = post.get(f"field.{one}", "edit")
            problem = attempt(
                request,
                lambda: services.save_profile(
                    key=profile, label=post.get("label", ""), rights=forms.read_rights(post, types), fields=fields,
                    permissions=post.getlist("permissions"), actor=actor, at=at,
                ),
                _("Saved."),
            )  # fmt: skip
            if problem is None:
                answer = redirect("crm:setup_profile", profile=profile)
                if shown:
                    answer["Location"] += f"?fields={shown}"
                return answer
    context = {
        "profile": row, "types": types.values(), "problem": problem, "levels": _levels(), "permissions": _permissions(),
        "shown": types.get(shown), "field_rights": dict(row.fields),
    }  # fmt: skip
    return render(request, "crm/setup/profile.html", context, status=problem.status if problem else 200)


def _levels() -> dict[str, str]:
    return {"all": _("all"), "team": _("the team's"), "own": _("one's own"), "none": _("none")}


def _permissions() -> dict[str, str]:
    words = {
        "import": _("import"), "export": _("export"), "send": _("send mail to many"), "bulk": _("change many at once"),
        "views": _("share views"), "reports": _("reports"), "automations": _("automations"), "merge": _("merge"),
    }  # fmt: skip
    return {key: words[key] for key in services.PERMISSIONS}


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest) -> HttpResponse:
    """Who works with the CRM, with which profile, in which team and territories; and the teams."""
    actor, problem = actor_of(request), None
    if request.method == "POST":
        post, at, op = request.POST, clock.now(), request.POST.get("op", "")
        acts: dict[str, Any] = {
            "seat": lambda: services.save_seat(
                member_id=post.get("member", ""), profile=post.get("profile", ""), team_id=post.get("team", ""),
                territory_ids=post.getlist("territories"), actor=actor, at=at,
            ),
            "unseat": lambda: services.remove_seat(member_id=post.get("member", ""), actor=actor, at=at),
            "team": lambda: services.save_team(
                team_id=post.get("team", ""), name=post.get("name", ""), parent_id=post.get("parent", ""), actor=actor,
                at=at,
            ),
            "unteam": lambda: services.remove_team(team_id=post.get("team", ""), actor=actor, at=at),
        }  # fmt: skip
        problem = attempt(request, acts.get(op, acts["seat"]), _("Saved."))
        if problem is None:
            return redirect("crm:setup_seats")
    context = {
        "seats": staff.seats(actor=actor), "teams": staff.teams(actor=actor), "problem": problem,
        "territories": staff.territories(actor=actor), "profiles": profile_labels(), "typed": request.POST.dict(),
    }  # fmt: skip
    return render(request, "crm/setup/seats.html", context, status=problem.status if problem else 200)


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def territories(request: HttpRequest) -> HttpResponse:
    """The territories in their order, each a filter over accounts."""
    actor, problem = actor_of(request), None
    schema, rows = schema_of(actor, divisions.OVER), staff.territories(actor=actor)
    chosen = request.POST.get("territory", request.GET.get("territory", ""))
    edited = next((one for one in rows if one.id == chosen), None)
    if request.method == "POST":
        post, at, op = request.POST, clock.now(), request.POST.get("op", "")
        if op in {"up", "down"}:
            divisions.move_territory(territory_id=chosen, up=op == "up", actor=actor, at=at)
            return redirect("crm:setup_territories")
        if op == "remove":
            divisions.remove_territory(territory_id=chosen, actor=actor, at=at)
            return redirect("crm:setup_territories")
        tree = forms.read_rows(post, schema)
        if edited and "row_field" not in post:
            tree = dict(edited.tree)
        if op == "save":
            problem = attempt(
                request,
                lambda: divisions.save_territory(
                    territory_id=chosen, name=post.get("name", ""), tree=tree, actor=actor, at=at
                ),
                _("Saved. Accounts are divided anew."),
            )  # fmt: skip
            if problem is None:
                return redirect("crm:setup_territories")
        typed = forms.typed_rows(post)
    else:
        typed = forms.rows_of(edited.tree) if edited else forms.FilterRows()  # type: ignore[assignment]
    if typed is not None:
        typed.rows = [one for one in typed.rows if one.field] + [forms.FilterRow()]
    info = catalogue().type(divisions.OVER)
    context = {
        "territories": rows, "edited": edited, "rows": typed, "problem": problem, "name": request.POST.get("name", ""),
        "filterable": [one for one in info.fields.values() if one.kind != "relation"],
        "operators": {key: str(label) for key, label in forms.OPERATORS.items()},
        "written": {one.id: _written(one.tree) for one in rows},
        "works": works(actor=actor, type_key="account", size=2),
    }  # fmt: skip
    return render(request, "crm/setup/territories.html", context, status=problem.status if problem else 200)


def _written(tree: Any) -> str:
    rows = forms.rows_of(tree)
    if rows is None:
        return json.dumps(tree)
    info = catalogue().type(divisions.OVER)
    joined = f" {_('and') if rows.joined == 'and' else _('or')} "
    return joined.join(
        f"{info.fields[one.field].label if one.field in info.fields else one.field}"
        f" {forms.OPERATORS[one.op]} {one.value}"
        for one in rows.rows
    )
