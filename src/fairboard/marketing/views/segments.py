"""Segments: the list, the filter builder with a live count, who is in one, how far two overlap, snapshots."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.queries.access import visible_fields
from fairboard.crm.queries.records import check_permission, counted, readable, schema_for
from fairboard.crm.views import filtering
from fairboard.crm.views.cells import names_for, table
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.marketing.queries import people
from fairboard.marketing.queries import segments as queries
from fairboard.marketing.services import segment_exports as exports
from fairboard.marketing.services import segments as services
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required
from fairboard.people.queries import names_of as member_names

BUILDING = {"add", "group", "drop", "check"}


@permission_required("marketing.use")
@require_GET
def segment_list(request: HttpRequest) -> HttpResponse:
    """Segments with how many are in them, and two of them compared."""
    actor, given = actor_of(request), request.GET
    rows = queries.segments(actor=actor)
    names = member_names({one.owner_id for one in rows})
    overlap, error, chosen = None, "", (given.get("first", ""), given.get("second", ""))
    if all(chosen):
        try:
            overlap = queries.overlap(actor=actor, first_id=chosen[0], second_id=chosen[1])
        except Invalid as problem:
            error = problem.detail
    by_id = {one.id: one for one in rows}
    context = {
        "segments": rows, "names": names, "types": _types(), "overlap": overlap, "error": error, "chosen": chosen,
        "first": by_id.get(chosen[0]), "second": by_id.get(chosen[1]), "circles": _circles(overlap),
    }  # fmt: skip
    return render(request, "marketing/segments.html", context, status=422 if error else 200)


def _types() -> dict[str, str]:
    return {key: str(catalogue().type(key).plural) for key in people.types()}


def _circles(overlap: queries.Overlap | None) -> dict[str, float]:
    """Two circles whose areas are as the sizes, moved apart as far as what they share says (about)."""
    if overlap is None:
        return {}
    first, second = overlap.both + overlap.first_only, overlap.both + overlap.second_only
    most = max(first, second, 1)
    radius = [max(70 * (size / most) ** 0.5, 6) for size in (first, second)]
    shared = overlap.both / max(min(first, second), 1)
    far, near = sum(radius), abs(radius[0] - radius[1])
    apart = far - (far - near) * shared if overlap.both else far + 6
    left = 180 - apart / 2
    return {"r1": radius[0], "r2": radius[1], "x1": left, "x2": left + apart}


@permission_required("marketing.use")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, segment_id: str = "") -> HttpResponse:
    """Make a segment or change one: the CRM's filter builder, and how many it holds now."""
    actor = actor_of(request)
    row = queries.segment(actor=actor, segment_id=segment_id) if segment_id else None
    type_key = row.type_key if row else request.GET.get("type", "contact")
    if type_key not in people.types():
        raise NotFound
    seat, info = readable(actor, type_key)
    schema, error = schema_for(seat, info), ""
    typed, status = row.name if row else "", 200
    if request.method == "GET":
        root = filtering.from_tree(row.tree if row else {"and": [{"field": "", "op": "eq", "value": ""}]})
    else:
        root, typed = filtering.from_form(dict(request.POST.lists())), request.POST.get("name", "")
        what = request.POST.get("do", "save")
        if what.partition(":")[0] in BUILDING:
            filtering.act(root, what)
        else:
            tree = filtering.to_tree(root, schema, info, actor)
            try:
                if _has_error(root):
                    raise Invalid(_("A condition is not complete yet."))
                made = services.save_segment(
                    name=typed, type_key=type_key, tree=tree, actor=actor, at=clock.now(), segment_id=segment_id
                )
            except (Forbidden, NotFound):
                raise
            except Problem as problem:
                error, status = problem.detail, 422
            else:
                return _gone_to(request, made)
    context = {
        "segment": row, "type": info, "types": _types(), "typed": typed, "error": error,
        "builder": filtering.draw(root, schema, info, actor), "fields": filtering.fields_of(schema, info),
        "joins": [{"key": key, "label": str(label)} for key, label in filtering.JOINS.items()],
        **_count(request, root, info),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return render(request, "marketing/parts/segment_builder.html", context)
    return render(request, "marketing/segment_edit.html", context, status=status)


def _gone_to(request: HttpRequest, segment_id: str) -> HttpResponse:
    answer = redirect("marketing:segment", segment_id=segment_id)
    if request.headers.get("HX-Request"):
        away = HttpResponse(status=204)
        away["HX-Redirect"] = answer.url
        return away
    return answer


def _has_error(part: filtering.Part) -> bool:
    return bool(part.error) or any(_has_error(one) for one in part.children)


def _count(request: HttpRequest, root: filtering.Part, info: TypeInfo) -> dict[str, Any]:
    """How many records what was built so far holds; None while a condition is not complete."""
    actor = actor_of(request)
    seat, _info = readable(actor, info.key)
    tree = filtering.to_tree(root, schema_for(seat, info), info, actor)
    if _has_error(root):
        _forget(root)
        return {"count": None}
    try:
        node = queries.tree_of(type_key=info.key, tree=tree, owner=actor, today=clock.now().date())
    except Invalid:
        return {"count": None}
    return {"count": counted(actor=actor, type_key=info.key, tree=node, most=0), "everybody": node is None}


def _forget(part: filtering.Part) -> None:
    """While one builds, a condition without a value is no mistake yet."""
    part.error = ""
    for one in part.children:
        _forget(one)


@permission_required("marketing.use")
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """How many what is being built holds, for the line below the builder."""
    type_key = request.GET.get("type", "contact")
    if type_key not in people.types():
        raise NotFound
    _seat, info = readable(actor_of(request), type_key)
    root = filtering.from_form(dict(request.POST.lists()))
    return render(request, "marketing/parts/segment_count.html", {"type": info, **_count(request, root, info)})


@permission_required("marketing.use")
@require_GET
def segment(request: HttpRequest, segment_id: str) -> HttpResponse:
    """Who is in a segment, and the pictures taken of it."""
    actor = actor_of(request)
    row = queries.segment(actor=actor, segment_id=segment_id)
    page = queries.members(actor=actor, segment_id=segment_id, cursor=request.GET.get("cursor", ""))
    seat, info = readable(actor, row.type_key)
    columns = ["name", *(key for key in people.columns_of(info) if key in visible_fields(seat, info))]
    problem = ""
    try:
        queries.tree_of(type_key=row.type_key, tree=row.tree, owner=queries.owner_of_row(row), today=clock.now().date())
    except Problem as found:
        problem = found.detail
    names = names_for(actor, info, page.items, columns)
    context = {
        "segment": row, "type": info, "columns": [_label(info, key) for key in columns], "problem": problem,
        "rows": table(info, page.items, columns, names, ()),
        "owner": member_names({row.owner_id}).get(row.owner_id, ""),
        "snapshots": queries.snapshots(actor=actor, segment_id=segment_id), "may_export": seat.may("export"),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
    }  # fmt: skip
    return render(request, "marketing/segment.html", context)


def _label(info: TypeInfo, key: str) -> str:
    return _("Name") if key == "name" else info.fields[key].label


@permission_required("marketing.use")
@require_POST
def act(request: HttpRequest, segment_id: str) -> HttpResponse:
    """Take a picture of a segment, look at everything anew, or take it out of use."""
    actor, at, what = actor_of(request), clock.now(), request.POST.get("act", "")
    if what == "archive":
        services.archive_segment(segment_id=segment_id, actor=actor, at=at)
        return redirect("marketing:segments")
    if what == "snapshot":
        services.take_snapshot(segment_id=segment_id, name=request.POST.get("name", ""), actor=actor, at=at)
        messages.success(request, _("A picture of who is in it now was taken. It does not change."))
    elif what == "refresh":
        came, went = services.refresh_one(segment_id=segment_id, actor=actor, at=at)
        messages.info(request, _("%(came)s came in, %(went)s left.") % {"came": came, "went": went})
    return redirect("marketing:segment", segment_id=segment_id)


@permission_required("marketing.use")
@require_POST
def export(request: HttpRequest, segment_id: str) -> HttpResponseBase:
    """Who is in a segment as CSV; accounts on hold are left out and that is written down."""
    actor = actor_of(request)
    check_permission(actor, "export")
    heading, rows = exports.taken_out(segment_id=segment_id, actor=actor, at=clock.now())

    class Echo:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(heading)
        for row in rows:
            yield writer.writerow(row)

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="segment-{segment_id}.csv"'
    return answer
