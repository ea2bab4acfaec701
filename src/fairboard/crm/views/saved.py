"""Saving, changing and deleting the views of a list."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.views import ViewRow, view
from fairboard.crm.services import views as services
from fairboard.crm.views import listing
from fairboard.crm.views.listing import Listing
from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Save the list of this address: as a new view, or over the one it was opened from."""
    actor = actor_of(request)
    found = listing.read(request, actor, key, clock.now())
    now, problem = found.view, ""
    over = now is not None and now.may_edit and request.POST.get("as", "over") == "over"
    if request.method == "POST":
        try:
            saved = services.save_view(
                type_key=key, name=request.POST.get("name", ""), actor=actor, at=clock.now(),
                view_id=now.id if now and over else "", is_shared=request.POST.get("shared") == "yes",
                **_arranged(found),
            )  # fmt: skip
        except Invalid as error:
            problem = error.detail
        else:
            messages.success(request, _("The view %(name)s was saved.") % {"name": saved.name})
            return redirect(f"{listing.plain(found.info)}?_view={saved.id}")
    context = {
        "type": found.info, "listing": found, "view": now, "said": listing.sentences(found), "problem": problem,
        "name": request.POST.get("name", now.name if now and now.may_edit else ""), "query": request.GET.urlencode(),
        "shared": request.POST.get("shared") == "yes" if request.method == "POST" else bool(now and now.is_shared),
        "may_share": seat_of(actor).may("views"), "back": found.address(),
    }  # fmt: skip
    return render(request, "crm/view.html", context)


def _arranged(found: Listing) -> dict[str, Any]:
    """What of a list a view keeps: its filter as it was written, with the quick filters added to it."""
    tree = found.filter or None
    if extra := listing.quick_tree(found):
        tree = {"and": [*([tree] if tree else []), *extra]}
    return {
        "kind": found.kind, "tree": tree, "columns": list(found.columns),
        "sort": "" if found.sort == "-id" else found.sort, "group": found.group, "options": dict(found.options),
    }  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def one_view(request: HttpRequest, view_id: str) -> HttpResponse:
    """A saved view: rename, share, or delete it."""
    actor = actor_of(request)
    found = view(actor=actor, view_id=view_id)
    problem = ""
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            key = services.delete_view(view_id=view_id, actor=actor, at=clock.now())
            messages.success(request, _("The view was deleted."))
            return redirect("crm:list", key=key)
        try:
            _change(request, found)
        except Invalid as error:
            problem = error.detail
        else:
            messages.success(request, _("The view %(name)s was saved.") % {"name": request.POST.get("name", "")})
            return redirect(f"/crm/{found.type_key}/?_view={found.id}")
    context = {
        "view": found, "problem": problem, "name": request.POST.get("name", found.name), "shared": found.is_shared,
        "may_share": seat_of(actor).may("views"), "tree": json.dumps(found.tree, indent=1) if found.tree else "",
    }  # fmt: skip
    return render(request, "crm/view_edit.html", context)


def _change(request: HttpRequest, found: ViewRow) -> None:
    services.save_view(
        type_key=found.type_key, name=request.POST.get("name", ""), actor=actor_of(request), at=clock.now(),
        view_id=found.id, kind=found.kind, tree=dict(found.tree), columns=found.columns, sort=found.sort,
        group=found.group, is_shared=request.POST.get("shared") == "yes", options=found.options,
    )  # fmt: skip
