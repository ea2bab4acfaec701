"""Duplicates: pairs looked at, dismissed, merged side by side; merges undone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import duplicates as queries
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.merging import side_by_side
from fairboard.crm.services import duplicates, merge_undo, merging
from fairboard.crm.services.match_keys import NOT_COMPARED
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Pairs of a type that are alike; a search can be started, a pair dismissed."""
    actor, at, problem = actor_of(request), clock.now(), ""
    types = _types(request)
    asked = request.POST.get("type", request.GET.get("type", "")) or (types[0][0] if types else "account")
    if request.method == "POST":
        try:
            if request.POST.get("act") == "search":
                duplicates.ask_for_search(type_key=asked, actor=actor, at=at)
            elif request.POST.get("act") == "dismiss":
                duplicates.dismiss(pair_id=request.POST.get("pair", ""), actor=actor, at=at)
            else:
                raise Invalid(_("Choose what to do."), field="act")
            return redirect(f"{reverse('crm:duplicates')}?{urlencode({'type': asked})}")
        except (Forbidden, NotFound):
            raise
        except Problem as error:
            problem = error.detail
    page = queries.pairs(actor=actor, type_key=asked, cursor=request.GET.get("cursor", ""))
    scans = [one for one in queries.scans(actor=actor) if one.type_key == asked]
    more = urlencode({"type": asked, "cursor": page.next_cursor})
    context = {
        "types": types, "asked": asked, "pairs": [(one, queries.told(one.reasons)) for one in page.items],
        "next_url": f"?{more}" if page.next_cursor else "", "problem": problem, "scan": scans[0] if scans else None,
    }  # fmt: skip
    return render(request, "crm/duplicates.html", context, status=422 if problem else 200)


def _types(request: HttpRequest) -> list[tuple[str, str]]:
    seat = seat_of(actor_of(request))
    return [
        (one.key, one.plural) for one in catalogue().types.values()
        if one.key not in NOT_COMPARED and seat.on(one.key).read != "none"
    ]  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def merge_page(request: HttpRequest) -> HttpResponse:
    """Records side by side: which is kept, and which value of each field."""
    actor, problem, given = actor_of(request), "", request.POST
    ids = (given if request.method == "POST" else request.GET).getlist("r")
    if not ids:
        return redirect("crm:duplicates")
    info, rows, lines = side_by_side(record_ids=ids, actor=actor)
    survivor = given.get("survivor", rows[0].id)
    chosen = {line.key: given[f"f.{line.key}"] for line in lines if given.get(f"f.{line.key}")}
    found = None
    if request.method == "POST":
        try:
            found = merging.merge(
                record_ids=ids, survivor_id=survivor, chosen=chosen, dry_run=given.get("act") != "merge", actor=actor,
                at=clock.now(),
            )  # fmt: skip
            if given.get("act") == "merge":
                messages.success(request, _("The records are one now."))
                return redirect("crm:record", key=info.key, record_id=survivor)
        except (Forbidden, NotFound):
            raise
        except Problem as error:
            problem = error.detail
    context = {
        "type": info, "records": rows, "lines": lines, "survivor": survivor, "chosen": chosen, "problem": problem,
        "moves": [(_move_label(key), count) for key, count in found.moves.items()] if found else [],
        "is_tried": found is not None,
    }  # fmt: skip
    return render(request, "crm/merge.html", context, status=422 if problem else 200)


def _move_label(key: str) -> str:
    type_key, _dot, field = key.partition(".")
    info = catalogue().types.get(type_key)
    return f"{info.plural}: {info.fields[field].label}" if info and field in info.fields else key


@permission_required("crm.use")
@require_POST
def merge_undone(request: HttpRequest, merge_id: str) -> HttpResponse:
    """Undo a merge."""
    left = merge_undo.undo(merge_id=merge_id, actor=actor_of(request), at=clock.now())
    if left:
        messages.warning(request, _("Undone. %(n)d records were changed since and kept that.") % {"n": len(left)})
    else:
        messages.success(request, _("The merge is undone."))
    return redirect("crm:duplicates")
