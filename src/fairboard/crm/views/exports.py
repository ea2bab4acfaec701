"""Exporting: asked for, watched, fetched."""

import json

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import exporting
from fairboard.crm.queries.access import seat_of
from fairboard.crm.services import exports
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def export_list(request: HttpRequest) -> HttpResponse:
    """One's exports, and a form for another. Lists post type, format, filter (a tree as JSON) and columns here."""
    actor, problem, given = actor_of(request), "", request.POST
    if request.method == "POST":
        try:
            row = exports.ask(
                type_key=given.get("type", ""), format=given.get("format", "csv"), tree=_tree(given.get("filter", "")),
                columns=[one for one in given.getlist("columns") if one], actor=actor, at=clock.now(),
            )  # fmt: skip
            if row.state == "done":
                return redirect("crm:export_file", export_id=row.public_id)
            return redirect("crm:exports")
        except (Forbidden, NotFound):
            raise
        except Problem as error:
            problem = error.detail
    rows, seat = exporting.export_rows(actor=actor), seat_of(actor)
    known = catalogue().types
    context = {
        "exports": [(row, known[row.type_key].plural if row.type_key in known else row.type_key) for row in rows],
        "types": [(one.key, one.plural) for one in known.values() if seat.on(one.key).read != "none"],
        "is_running": any(row.state in {"queued", "running"} for row in rows), "problem": problem, "now": clock.now(),
        "typed": given.get("type", request.GET.get("type", "")),
    }  # fmt: skip
    return render(request, "crm/exports.html", context, status=422 if problem else 200)


def _tree(text: str) -> dict[str, object] | None:
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("This is not JSON."), field="filter") from error
    if not isinstance(found, dict):
        raise Invalid(_("This is no filter."), field="filter")
    return found


@permission_required("crm.use")
@require_GET
def export_file(request: HttpRequest, export_id: str) -> HttpResponseBase:
    """The file of an export."""
    path, name, kind = exports.fetch(export_id=export_id, actor=actor_of(request), at=clock.now())
    headers = {"Cache-Control": "no-store"}
    return FileResponse(open(path, "rb"), as_attachment=True, filename=name, content_type=kind, headers=headers)
