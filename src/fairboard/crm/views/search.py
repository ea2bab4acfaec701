"""Global search, and what the command palette asks while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fairboard.crm import navigation
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.search import Found, search
from fairboard.people import queries as people
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

SUGGESTED = 8


@permission_required("crm.use")
@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Everything a text finds, in groups by object."""
    actor, text, key = actor_of(request), request.GET.get("q", "").strip()[:200], request.GET.get("type", "")
    found = search(actor=actor, text=text, type_key=key, size=50) if text else []
    seat = seat_of(actor)
    owners = people.names_of({one.owner_id for one in found if one.owner_id}) if found else {}
    context = {
        "q": text, "chosen": key, "results": [_shown(one) | {"owner": owners.get(one.owner_id, "")} for one in found],
        "types": [
            {"key": one.key, "label": one.plural, "chosen": one.key == key}
            for one in catalogue().types.values() if seat.on(one.key).read != "none"
        ],
    }  # fmt: skip
    return render(request, "crm/search.html", context)


def _shown(one: Found) -> dict[str, Any]:
    return {
        "id": one.id, "type": one.type_key, "label": one.type_label, "icon": one.icon, "name": one.name,
        "hint": one.hint, "href": reverse("crm:record", args=[one.type_key, one.id]),
    }  # fmt: skip


@permission_required("crm.use")
@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """What a text may mean, as JSON: records, and without ``type`` also pages and things to create.

    ``type`` may name several object types, separated by commas: for choosing what a relation holds.
    """
    actor, text = actor_of(request), request.GET.get("q", "").strip()[:200]
    keys = [key for key in request.GET.get("type", "").split(",") if key]
    seat = seat_of(actor)
    known = catalogue().types
    if keys:
        keys = [key for key in keys if key in known and seat.on(key).read != "none"]
        found = [one for key in keys for one in search(actor=actor, text=text, type_key=key, size=SUGGESTED)]
        return JsonResponse({"records": [_shown(one) for one in found[: SUGGESTED * 2]]})
    records = [_shown(one) for one in search(actor=actor, text=text, size=SUGGESTED)] if text else []
    return JsonResponse({"records": records, "commands": _commands(request, text.casefold())})


def _commands(request: HttpRequest, text: str) -> list[dict[str, str]]:
    seat = seat_of(actor_of(request))
    found = [
        {"label": str(one["label"]), "href": str(one["href"]), "icon": str(one["icon"]), "kind": _("Go to")}
        for group in navigation.entries(request) for one in group["entries"]
    ]  # fmt: skip
    found += [
        {"label": _("New: %(label)s") % {"label": one.label}, "href": f"/crm/{one.key}/new/", "icon": "plus",
         "kind": _("Create")}
        for one in catalogue().types.values() if seat.on(one.key).create and one.key not in navigation.HIDDEN
    ]  # fmt: skip
    words = text.split()
    fitting = [one for one in found if all(word in one["label"].casefold() for word in words)]
    fitting.sort(key=lambda one: not one["label"].casefold().startswith(text))
    return fitting[: 8 if text else 40]
