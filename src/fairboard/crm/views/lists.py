"""Lists of records: as a table, in groups, on a board, in a calendar, on a map; and their filter builder."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm.queries import views as queries
from fairboard.crm.queries.access import editable_fields
from fairboard.crm.queries.lanes import lanes
from fairboard.crm.queries.records import counted, records, schema_for
from fairboard.crm.views import boards, calendars, filtering, listing, maps
from fairboard.crm.views.cells import is_number, names_for, table
from fairboard.crm.views.listing import Listing
from fairboard.filters import dump
from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

PAGE = 50
IN_GROUP = 10
MOST_COUNTED = 10_000
KINDS = (("table", "table"), ("board", "square-kanban"), ("calendar", "calendar-days"), ("map", "map"))


@permission_required("crm.use")
@require_GET
def record_list(request: HttpRequest, key: str) -> HttpResponse:
    """The records of a type as the address asks for them."""
    found = listing.read(request, actor_of(request), key, clock.now())
    if "_c" in request.GET or "_move" in request.GET:
        return redirect(found.address(columns=",".join(_arranged(request, found)), c="", move=""))
    context = _frame(found)
    if found.kind == "board":
        if request.GET.get("_lane") is not None and request.headers.get("HX-Request"):
            return render(request, "crm/parts/lane.html", boards.more(found))
        context |= boards.context(found)
    elif found.kind == "calendar":
        context |= calendars.context(found)
    elif found.kind == "map":
        context |= maps.context(found)
    elif found.group:
        context |= _groups(found)
    else:
        context |= _rows(found)
    return render(request, "crm/list.html", context)


def _arranged(request: HttpRequest, found: Listing) -> list[str]:
    """The columns a form chose, in their order; a button moves one of them."""
    known = queries.columns_for(found.seat, found.info)
    chosen = [key for key in dict.fromkeys(request.GET.getlist("_c")) if key in known] or list(found.columns)
    way, _colon, key = request.GET.get("_move", "").partition(":")
    if key in chosen and way in {"up", "down"}:
        at = chosen.index(key)
        to = max(0, at - 1) if way == "up" else min(len(chosen) - 1, at + 1)
        chosen.insert(to, chosen.pop(at))
    return chosen


def _frame(found: Listing) -> dict[str, Any]:
    """What every kind of list shows above its records."""
    info, seat = found.info, found.seat
    count = counted(actor=found.actor, type_key=info.key, tree=found.tree, most=MOST_COUNTED)
    tabs = [{"label": _("All"), "href": listing.plain(info), "current": found.view is None}]
    tabs += [
        {"label": one.name, "href": f"{listing.plain(info)}?_view={one.id}", "current": found.view == one,
         "icon": dict(KINDS)[one.kind], "shared": one.is_shared}
        for one in found.views
    ]  # fmt: skip
    words = {"table": _("Table"), "board": _("Board"), "calendar": _("Calendar"), "map": _("Map")}
    kinds = [
        {"key": key, "label": words[key], "icon": icon, "href": found.address(kind=key, group="", day="", box=""),
         "current": found.kind == key}
        for key, icon in KINDS if key != "map" or queries.located(seat, info)
    ]  # fmt: skip
    groups = queries.dated(seat, info) if found.kind == "calendar" else queries.groupable(seat, info)
    schema = schema_for(seat, info)
    return {
        "type": info, "listing": found, "count": count, "is_capped": count >= MOST_COUNTED, "tabs": tabs,
        "kinds": kinds, "kind": found.kind, "bar": listing.bar(found), "said": listing.sentences(found),
        "groups": [{"key": key, "label": label, "chosen": key == found.group} for key, label in groups.items()],
        "columns": _columns(found), "sums": _chosen(queries.summable(seat, info), found.options.get("sum", "")),
        "builder": filtering.draw(filtering.from_tree(found.filter), schema, info, found.actor),
        "fields": filtering.fields_of(schema, info), "joins": _joins(), "problem": found.problem,
        "rights": seat.on(info.key), "may_bulk": seat.may("bulk") and seat.on(info.key).edit != "none",
        "may_delete": seat.may("bulk") and seat.on(info.key).delete != "none",
        "tree": json.dumps(dump(found.tree), default=str) if found.tree else "",
        "filter_json": json.dumps(found.filter, default=str) if found.filter else "",
        "here": found.address(), "view": found.view, "is_changed": found.is_changed,
        "is_filtered": found.tree is not None, "pipelines": _pipelines(found),
    }  # fmt: skip


def _joins() -> list[dict[str, str]]:
    return [{"key": key, "label": str(label)} for key, label in filtering.JOINS.items()]


def _chosen(given: dict[str, str], chosen: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": label, "chosen": key == chosen} for key, label in given.items()]


def _pipelines(found: Listing) -> list[dict[str, Any]]:
    if found.kind != "board" or found.group != "stage" or len(found.info.pipelines) < 2:
        return []
    now = boards.pipeline_of(found)
    return [{"key": one.key, "label": one.label, "chosen": one.key == now} for one in found.info.pipelines]


def _columns(found: Listing) -> dict[str, Any]:
    known = queries.columns_for(found.seat, found.info)
    others = [key for key in known if key not in found.columns]
    shown = []
    for key in found.columns:
        now = found.sort.removeprefix("-") == key
        falls = found.sort.startswith("-")
        may = queries.sortable(found.seat, found.info, key)
        shown.append({
            "key": key, "label": known[key], "num": is_number(found.info, key),
            "sort": ("descending" if falls else "ascending") if now else "",
            "href": found.address(sort=key if (now and falls) or not now else f"-{key}") if may else "",
        })  # fmt: skip
    return {"shown": shown, "others": [{"key": key, "label": known[key]} for key in others]}


def _rows(found: Listing) -> dict[str, Any]:
    actor, info = found.actor, found.info
    try:
        page = records(
            actor=actor, type_key=info.key, tree=found.tree, sort=found.sort, cursor=found.one("_cursor"), size=PAGE
        )
    except Invalid as problem:
        return {"problem": problem.detail, "rows": []}
    names = names_for(actor, info, page.items, found.columns)
    editable = _editable(found)
    after = f"{'&' if '?' in found.address() else '?'}_cursor={page.next_cursor}" if page.next_cursor else ""
    return {
        "rows": table(info, page.items, found.columns, names, editable),
        "next_url": found.address() + after if after else "",
        "first_url": found.address() if found.one("_cursor") else "",
    }  # fmt: skip


def _editable(found: Listing) -> frozenset[str]:
    """The columns that have a pencil."""
    if found.seat.on(found.info.key).edit == "none":
        return frozenset()
    return editable_fields(found.seat, found.info) | {"owner"}


def _groups(found: Listing) -> dict[str, Any]:
    info = found.info
    parts = lanes(
        actor=found.actor, type_key=info.key, field=found.group, tree=found.tree, sort=found.sort, size=IN_GROUP,
        total_of=found.options.get("sum", ""),
    )  # fmt: skip
    rows = [row for one in parts for row in one.rows]
    names = names_for(found.actor, info, rows, found.columns)
    editable = _editable(found)
    return {
        "parts": [
            {
                "label": one.label, "count": one.count, "capped": one.is_capped,
                "total": boards.amount(found, one.total), "more": one.count - len(one.rows),
                "href": boards.lane_address(found, one.key),
                "rows": table(info, one.rows, found.columns, names, editable),
            }
            for one in parts if one.count
        ]
    }  # fmt: skip


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def build_filter(request: HttpRequest, key: str) -> HttpResponse:
    """The filter builder: adds, groups and drops parts as its buttons say, and opens the list of a good filter."""
    actor = actor_of(request)
    found = listing.read(request, actor, key, clock.now())
    schema = schema_for(found.seat, found.info)
    if request.method == "GET":
        root = filtering.from_tree(found.filter)
    else:
        root = filtering.from_form(dict(request.POST.lists()))
        what = request.POST.get("do", "check")
        if what.partition(":")[0] in {"add", "group", "drop"}:
            filtering.act(root, what)
        elif what == "apply":
            tree = filtering.to_tree(root, schema, found.info, actor)
            if not _has_error(root):
                try:
                    queries.tree_of(tree, found.seat, found.info, at=found.at)
                except Invalid as problem:
                    messages.error(request, problem.detail)
                else:
                    return _apply(request, found, tree)
    context = {
        "type": found.info, "builder": filtering.draw(root, schema, found.info, actor), "listing": found,
        "fields": filtering.fields_of(schema, found.info), "joins": _joins(), "query": request.GET.urlencode(),
    }  # fmt: skip
    part = "crm/parts/builder.html" if request.headers.get("HX-Request") else "crm/filter.html"
    return render(request, part, context)


def _apply(request: HttpRequest, found: Listing, tree: dict[str, Any] | None) -> HttpResponse:
    text = json.dumps(tree, separators=(",", ":"), default=str) if tree else ""
    empties_view = not text and found.view is not None and bool(found.view.tree)
    address = found.address(filter="{}" if empties_view else text, day="")
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def _has_error(part: filtering.Part) -> bool:
    return bool(part.error) or any(_has_error(one) for one in part.children)
