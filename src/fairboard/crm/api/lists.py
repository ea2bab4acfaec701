"""Saved views, changes of many records, search and groups over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.crm.queries import bulk as bulk_queries
from fairboard.crm.queries import views as queries
from fairboard.crm.queries.bulk import BulkInfo
from fairboard.crm.queries.lanes import counted_by
from fairboard.crm.queries.records import counted, readable, records, schema_of
from fairboard.crm.queries.search import search
from fairboard.crm.queries.views import ViewRow
from fairboard.crm.schemas_lists import (
    BulkIn,
    BulkOut,
    FoundList,
    GroupList,
    ListedRecordPage,
    ViewIn,
    ViewList,
    ViewOut,
)
from fairboard.crm.services import bulk, undoing, views
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import Invalid
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
KEY = Query(..., max_length=40, description="The key of an object type.")


@router.get("/crm/views", response={200: ViewList, PROBLEMS: ProblemOut}, operation_id="crm_views")
def list_views(request: HttpRequest, type: str = KEY) -> Any:
    """The saved views of a type: shared ones and the caller's own."""
    found = queries.views_of(actor=require(request, "crm:read"), type_key=type)
    return {"items": [_view(one) for one in found]}


@router.post("/crm/views", response={201: ViewOut, PROBLEMS: ProblemOut}, operation_id="crm_view_create")
def create_view(request: HttpRequest, given: ViewIn) -> Any:
    """Save a view."""
    return Status(201, _view(_save(require(request, "crm:write"), given)))


@router.get("/crm/views/{view_id}", response={200: ViewOut, PROBLEMS: ProblemOut}, operation_id="crm_view")
def read_view(request: HttpRequest, view_id: str = ID) -> Any:
    """One view."""
    return _view(queries.view(actor=require(request, "crm:read"), view_id=view_id))


@router.put("/crm/views/{view_id}", response={200: ViewOut, PROBLEMS: ProblemOut}, operation_id="crm_view_change")
def change_view(request: HttpRequest, given: ViewIn, view_id: str = ID) -> Any:
    """Change a view of one's own; administrators change shared ones."""
    return _view(_save(require(request, "crm:write"), given, view_id))


@router.delete("/crm/views/{view_id}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_view_delete")
def delete_view(request: HttpRequest, view_id: str = ID) -> Any:
    """Delete a view; its records are not touched."""
    views.delete_view(view_id=view_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)


@router.get(
    "/crm/views/{view_id}/records",
    response={200: ListedRecordPage, PROBLEMS: ProblemOut},
    operation_id="crm_view_records",
)
def view_records(
    request: HttpRequest,
    view_id: str = ID,
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """A page of the records a view holds for the caller, in its order."""
    actor, at = require(request, "crm:read"), clock.now()
    view = queries.view(actor=actor, view_id=view_id)
    seat, info = readable(actor, view.type_key)
    tree = queries.tree_of(view.tree, seat, info, at=at)
    page = records(
        actor=actor, type_key=info.key, tree=tree, sort=view.sort or "-id", cursor=cursor, size=limit
    )  # fmt: skip
    items = [
        {
            "id": row.id, "type": row.type_key, "name": row.name, "owner_id": row.owner_id,
            "record_type": row.record_type, "version": row.version, "created_at": row.created_at,
            "updated_at": row.updated_at, "values": dict(row.values),
        }
        for row in page.items
    ]  # fmt: skip
    count = counted(actor=actor, type_key=info.key, tree=tree)
    return {"items": items, "next_cursor": page.next_cursor, "count": count}


@router.post("/crm/bulk", response={201: BulkOut, PROBLEMS: ProblemOut}, operation_id="crm_bulk_start")
def start_bulk(request: HttpRequest, given: BulkIn) -> Any:
    """Change, delete or restore many records; up to 200 at once, more in the background: poll the answer's id."""
    actor, at = require(request, "crm:write"), clock.now()
    seat, info = readable(actor, given.type)
    if given.all == bool(given.ids):
        raise Invalid("Send either ids, or all with a filter.", field="ids")
    tree = queries.tree_of(given.filter, seat, info, at=at)
    done = bulk.start(
        type_key=given.type, act=given.act, actor=actor, at=at, ids=given.ids, tree=tree, every=given.all,
        given=given.values, owner_id=given.owner_id,
    )  # fmt: skip
    return Status(201, _bulk(bulk_queries.bulk_info(actor=actor, bulk_id=done.public_id)))


@router.get("/crm/bulk/{bulk_id}", response={200: BulkOut, PROBLEMS: ProblemOut}, operation_id="crm_bulk")
def read_bulk(request: HttpRequest, bulk_id: str = ID) -> Any:
    """How far a change of many records is."""
    return _bulk(bulk_queries.bulk_info(actor=require(request, "crm:read"), bulk_id=bulk_id))


@router.post("/crm/bulk/{bulk_id}/undo", response={200: BulkOut, PROBLEMS: ProblemOut}, operation_id="crm_bulk_undo")
def undo_bulk(request: HttpRequest, bulk_id: str = ID) -> Any:
    """Give every field nobody changed since its earlier value; deleted records come back."""
    actor = require(request, "crm:write")
    undoing.undo(bulk_id=bulk_id, actor=actor, at=clock.now())
    return _bulk(bulk_queries.bulk_info(actor=actor, bulk_id=bulk_id))


@router.get("/crm/search", response={200: FoundList, PROBLEMS: ProblemOut}, operation_id="crm_search")
def search_records(
    request: HttpRequest, q: str = Query("", max_length=200), type: str = Query("", max_length=40),
    limit: int = Query(20, ge=1, le=50),
) -> Any:  # fmt: skip
    """Records whose words begin with those of ``q``, of every type the caller sees or of one, the best first."""
    found = search(actor=require(request, "crm:read"), text=q, type_key=type, size=limit)
    return {
        "items": [
            {"id": one.id, "type": one.type_key, "name": one.name, "hint": one.hint, "owner_id": one.owner_id}
            for one in found
        ]
    }  # fmt: skip


@router.get("/crm/groups", response={200: GroupList, PROBLEMS: ProblemOut}, operation_id="crm_groups")
def groups(
    request: HttpRequest, type: str = KEY, by: str = Query(..., max_length=60),
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    sum: str = Query("", max_length=60),
) -> Any:  # fmt: skip
    """How many records of a filter there are by the value of a field, with the sum of another."""
    actor = require(request, "crm:read")
    tree = read_filter(filter, schema_of(actor, type))
    found = counted_by(actor=actor, type_key=type, field=by, tree=tree, total_of=sum)
    return {"items": found}


def _save(actor: Actor, given: ViewIn, view_id: str = "") -> ViewRow:
    return views.save_view(
        type_key=given.type, name=given.name, actor=actor, at=clock.now(), view_id=view_id, kind=given.kind,
        tree=given.filter, columns=given.columns, sort=given.sort, group=given.group, is_shared=given.shared,
        options=given.options,
    )  # fmt: skip


def _view(row: ViewRow) -> dict[str, Any]:
    return {
        "id": row.id, "type": row.type_key, "name": row.name, "kind": row.kind, "owner_id": row.owner_id,
        "shared": row.is_shared, "may_edit": row.may_edit, "filter": dict(row.tree) or None,
        "columns": list(row.columns), "sort": row.sort, "group": row.group, "options": dict(row.options),
    }  # fmt: skip


def _bulk(one: BulkInfo) -> dict[str, Any]:
    return {
        "id": one.id, "type": one.type_key, "act": one.act, "state": one.state, "total": one.total, "done": one.done,
        "changed": one.changed, "unchanged": one.unchanged, "failed": one.failed, "undone": one.undone,
        "skipped": one.skipped, "created_at": one.created_at, "may_undo": one.may_undo,
        "problems": [dict(each) for each in one.problems],
    }  # fmt: skip
