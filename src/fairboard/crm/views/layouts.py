"""The layouts of an object type: sections and their fields, moved by buttons."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm import forms_setup as forms
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.queries import layouts as queries
from fairboard.crm.queries.setup import profile_labels
from fairboard.crm.services import layouts as services
from fairboard.crm.views.setup import attempt, tabs_of
from fairboard.kit import clock
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

Sections = list[tuple[str, list[str]]]


@permission_required("crm.manage")
@require_http_methods(["GET", "POST"])
def layouts(request: HttpRequest, key: str) -> HttpResponse:
    """Edit the layout for a record type and a profile; without one of its own it begins with what holds for them."""
    actor, info = actor_of(request), catalogue().type(key)
    given = request.POST if request.method == "POST" else request.GET
    record_type, profile = given.get("record_type", ""), given.get("profile", "")
    problem = None
    sections: Sections
    if request.method == "POST":
        sections, at, op = forms.read_sections(request.POST), clock.now(), request.POST.get("op", "save")
        place, _colon, added = request.POST.get("into", "").partition(":")
        op = f"into:{place}" if place and "op" not in request.POST else op
        here = reverse("crm:setup_layouts", args=[key]) + "?" + urlencode(
            {"record_type": record_type, "profile": profile}
        )  # fmt: skip
        if op == "save":
            problem = attempt(
                request,
                lambda: services.save_layout(
                    type_key=key, record_type=record_type, profile=profile, sections=sections, actor=actor, at=at
                ),
                _("Saved. Pages and forms look so from now on."),
            )  # fmt: skip
            if problem is None:
                return redirect(here)
        elif op == "remove":
            services.remove_layout(type_key=key, record_type=record_type, profile=profile, actor=actor, at=at)
            return redirect(here)
        else:
            sections = rearranged(sections, op, added if added in info.fields else "")
    else:
        found = queries.chosen(info, record_type=record_type, profile=profile)
        parts = found.sections if found else queries.default_sections(info)
        sections = [(title, [one for one in keys if one in info.fields]) for title, keys in parts]
    placed = {one for _title, keys in sections for one in keys}
    own = any(one.record_type == record_type and one.profile == profile for one in info.layouts)
    context = {
        "type": info, "tabs": tabs_of(info, "crm:setup_layouts"), "sections": sections, "problem": problem,
        "left": [one for name, one in info.fields.items() if name not in placed], "profiles": profile_labels(),
        "record_type": record_type, "profile": profile, "is_own": own, "kept": _kept(info),
    }  # fmt: skip
    return render(request, "crm/setup/layouts.html", context, status=problem.status if problem else 200)


def _kept(info: TypeInfo) -> list[dict[str, Any]]:
    variants = {one.key: one.label for one in info.variants}
    profiles = profile_labels()
    return [
        {"record_type": one.record_type, "profile": one.profile,
         "label": " · ".join((variants.get(one.record_type, "") or _("all record types"),
                              profiles.get(one.profile, "") or _("all profiles")))}
        for one in info.layouts
    ]  # fmt: skip


def rearranged(sections: Sections, op: str, added: str) -> Sections:
    """The sections after a button: ``up:S:KEY``, ``down:S:KEY``, ``out:S:KEY``, ``into:S``, ``section-up:S``,
    ``section-down:S``, ``section-out:S``, ``section``. What a button does not fit leaves them as they are.
    """
    what, *rest = op.split(":")
    found = [(title, list(keys)) for title, keys in sections]
    if what == "section":
        return [*found, (_("More"), [])]
    at = int(rest[0]) if rest and rest[0].isdigit() else -1
    if not 0 <= at < len(found):
        return found
    if what == "into":
        return [
            (title, [*keys, added] if place == at and added else keys) for place, (title, keys) in enumerate(found)
        ]  # fmt: skip
    if what in {"section-up", "section-down"}:
        other = at - 1 if what == "section-up" else at + 1
        if 0 <= other < len(found):
            found[at], found[other] = found[other], found[at]
        return found
    if what == "section-out":
        return found[:at] + found[at + 1 :]
    return _moved(found, at, what, rest[1] if len(rest) > 1 else "")


def _moved(found: Sections, at: int, what: str, key: str) -> Sections:
    keys = found[at][1]
    if key not in keys:
        return found
    place = keys.index(key)
    if what == "out":
        keys.remove(key)
    elif what == "up" and place > 0:
        keys[place - 1], keys[place] = keys[place], keys[place - 1]
    elif what == "up" and at > 0:
        keys.remove(key)
        found[at - 1][1].append(key)
    elif what == "down" and place < len(keys) - 1:
        keys[place + 1], keys[place] = keys[place], keys[place + 1]
    elif what == "down" and at < len(found) - 1:
        keys.remove(key)
        found[at + 1][1].insert(0, key)
    return found
