"""Boards: a lane for each value of a choice, cards that are moved by dragging or by a form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fairboard.crm.queries.access import editable_fields, visible_fields
from fairboard.crm.queries.lanes import Lane, condition_for, lanes
from fairboard.crm.queries.records import RecordRow, readable, records
from fairboard.crm.queries.views import groupable, summable
from fairboard.crm.services.records import update_record
from fairboard.crm.views.cells import Names, cell, names_for
from fairboard.crm.views.listing import Listing, plain
from fairboard.fields import field_type
from fairboard.filters import And, Condition, Node
from fairboard.kit import clock
from fairboard.kit.problems import Invalid, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

IN_LANE = 30
ON_CARD = 4


def pipeline_of(found: Listing) -> str:
    """The pipeline whose stages a board shows: the one chosen, or the default one; empty when it is not of stages."""
    seen = visible_fields(found.seat, found.info)
    if found.group != "stage" or not found.info.pipelines or "pipeline" not in seen:
        return ""
    way = found.info.pipeline(str(found.options.get("pipeline", ""))) or found.info.pipeline("")
    return way.key if way else ""


def sum_of(found: Listing) -> str:
    """The field a board sums: the one chosen, or the first amount of money; empty for none."""
    known = summable(found.seat, found.info)
    if found.options.get("sum") in known:
        return str(found.options["sum"])
    return next((key for key in known if found.info.fields[key].type == "money"), "")


def amount(found: Listing, total: float | None, key: str = "") -> str:
    """A sum as it is shown; empty for none."""
    one = found.info.fields.get(key or str(found.options.get("sum", "")))
    if total is None or one is None:
        return ""
    kind = field_type(one.type)
    return kind.format(kind.from_json(round(total, 2), one.spec), one.spec)


def lane_address(found: Listing, key: str) -> str:
    """The table of one group's records, beside all other conditions."""
    address = found.address(kind="table", group="")
    glue = "&" if "?" in address else "?"
    return f"{address}{glue}{found.group}.is_empty=yes" if not key else f"{address}{glue}{found.group}={key}"


def context(found: Listing) -> dict[str, Any]:
    """The lanes of a board with their first cards, counts and sums."""
    total_of, pipeline = sum_of(found), pipeline_of(found)
    parts = lanes(
        actor=found.actor, type_key=found.info.key, field=found.group, tree=found.tree, sort=found.sort, size=IN_LANE,
        total_of=total_of, pipeline=pipeline,
    )  # fmt: skip
    rows = [row for one in parts for row in one.rows]
    names = names_for(found.actor, found.info, rows, found.columns)
    targets = [{"key": one.key, "label": one.label} for one in parts if one.key or found.group == "owner"]
    return {
        "lanes": [_lane(found, one, names, total_of) for one in parts], "targets": targets,
        "may_move": may_move(found), "total_of": total_of,
    }  # fmt: skip


def may_move(found: Listing) -> bool:
    """Whether cards can be moved between the lanes of this board."""
    if found.seat.on(found.info.key).edit == "none":
        return False
    return found.group in {"owner", "record_type"} or found.group in editable_fields(found.seat, found.info)


def _lane(found: Listing, lane: Lane, names: Names, total_of: str) -> dict[str, Any]:
    return {
        "key": lane.key, "label": lane.label, "count": lane.count, "capped": lane.is_capped, "outcome": lane.outcome,
        "total": amount(found, lane.total, total_of), "cards": [_card(found, row, names) for row in lane.rows],
        "href": lane_address(found, lane.key), "more": _more_address(found, lane.key, lane.next_cursor),
    }  # fmt: skip


def _more_address(found: Listing, key: str, cursor: str) -> str:
    return found.address(lane=key or "-", kind="board") + f"&_cursor={cursor}" if cursor else ""


def _card(found: Listing, row: RecordRow, names: Names) -> dict[str, Any]:
    shown = [key for key in found.columns if key not in {"name", found.group, "owner"}]
    labels = {key: found.info.fields[key].label for key in shown if key in found.info.fields}
    facts = [{"label": labels.get(key, ""), **cell(found.info, key, row, names)} for key in shown]
    return {
        "id": row.id, "name": row.name or _("Without a name"), "version": row.version,
        "facts": [one for one in facts if one["kind"] != "empty"][:ON_CARD],
        "owner": names.owners.get(row.owner_id, ""),
    }  # fmt: skip


def more(found: Listing) -> dict[str, Any]:
    """The next cards of one lane, for the button at its end."""
    key = found.one("_lane")
    key = "" if key == "-" else key
    tree: Node = condition_for(found.info, found.group, key)
    extra: list[Node] = [tree]
    if found.tree is not None:
        extra.insert(0, found.tree)
    if pipeline := pipeline_of(found):
        extra.append(Condition("pipeline", "eq", pipeline))
    page = records(
        actor=found.actor, type_key=found.info.key, tree=And(tuple(extra)), sort=found.sort,
        cursor=found.one("_cursor"), size=IN_LANE,
    )  # fmt: skip
    names = names_for(found.actor, found.info, page.items, found.columns)
    return {
        "type": found.info, "listing": found, "may_move": may_move(found), "targets": [],
        "lane": {
            "key": key, "cards": [_card(found, row, names) for row in page.items],
            "more": _more_address(found, key, page.next_cursor),
        },
    }  # fmt: skip


@permission_required("crm.use")
@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Move a card to another lane: by a form, or by dragging, which is answered without a page."""
    actor = actor_of(request)
    seat, info = readable(actor, key)
    field, value, record_id = (request.POST.get(name, "") for name in ("field", "value", "id"))
    dragged = request.headers.get("X-Requested-With") == "fetch"
    try:
        if field not in groupable(seat, info):
            raise Invalid(_("Cards cannot be moved by this field."), field="field")
        given = {"values": {field: value}} if field in info.fields else {
            "values": {}, "owner_id" if field == "owner" else "record_type": value
        }  # fmt: skip
        row = update_record(record_id=record_id, actor=actor, at=clock.now(), **given)
    except Problem as problem:
        if dragged:
            return HttpResponse(problem.detail or str(problem.title), status=problem.status, content_type="text/plain")
        messages.error(request, problem.detail or str(problem.title))
    else:
        if dragged:
            return HttpResponse(status=204)
        messages.success(request, _("%(name)s was moved.") % {"name": row.name})
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe and back.startswith("/") else f"{plain(info)}?_kind=board")
