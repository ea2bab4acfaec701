"""Records of every type, standard and custom alike."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Path, Query, Router, Status

from fairboard.crm import schemas_objects as shapes
from fairboard.crm.queries import objects as asked
from fairboard.crm.queries.records import RecordRow, counted, records, records_by_id, schema_of
from fairboard.crm.services import objects
from fairboard.crm.services.records import restore_records
from fairboard.filters import Node
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
KEY = Path(..., pattern="^[a-z0-9_]{1,40}$")
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
CURSOR = Query("", max_length=1_000)
CHANGES = shapes.CHANGE_PROBLEMS


def _shown(row: RecordRow, keys: Sequence[str] | None = None, more: Any = None) -> dict[str, Any]:
    values = dict(row.values) if keys is None else {key: row.values[key] for key in keys if key in row.values}
    expanded = None
    if more is not None:
        expanded = {
            key: [_shown(one) for one in held] if isinstance(held, list) else _shown(held) if held else None
            for key, held in more.items()
        }
    return {
        "id": row.id, "type": row.type_key, "name": row.name, "record_type": row.record_type, "owner": row.owner_id,
        "version": row.version, "created": row.created_at, "updated": row.updated_at, "values": values,
        "expanded": expanded, "is_deleted": row.is_deleted,
    }  # fmt: skip


def _page(
    actor: Actor, key: str, tree: Node | None, *, sort: str, cursor: str, limit: int, fields: str, expand: str,
    count: bool,
) -> dict[str, Any]:  # fmt: skip
    keys = asked.chosen_fields(actor, key, fields)
    page = records(actor=actor, type_key=key, tree=tree, sort=sort, cursor=cursor, size=limit)
    more = asked.expanded(actor, key, expand, page.items)
    return {
        "items": [_shown(row, keys, more.get(row.id)) for row in page.items], "next_cursor": page.next_cursor,
        "total": counted(actor=actor, type_key=key, tree=tree) if count else None,
    }  # fmt: skip


def _one(
    response: HttpResponse, actor: Actor, key: str, record_id: str, *, fields: str = "", expand: str = ""
) -> dict[str, Any]:
    row = asked.record_of_type(actor=actor, type_key=key, record_id=record_id)
    response["ETag"] = f'"{row.version}"'
    more = asked.expanded(actor, key, expand, [row])
    return _shown(row, asked.chosen_fields(actor, key, fields), more.get(row.id))


def _version(request: HttpRequest) -> int | None:
    """The version ``If-Match`` names, None for ``*``; raises what the lack of it is."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise objects.PreconditionRequired(_("Send If-Match with the ETag you read, or * for any version."))
    if given == "*":
        return None
    number = given.strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise objects.PreconditionFailed(_("If-Match is no ETag of this record."))
    return int(number)


def _new(body: shapes.RecordIn) -> objects.New:
    return objects.New(body.values, body.owner, body.record_type)


@router.get("/objects", response={200: list[shapes.ObjectTypeOut], PROBLEMS: ProblemOut}, operation_id="object_types")
def get_types(request: HttpRequest) -> Any:
    """The object types there are, and what the caller may do with each."""
    return asked.types_of(require(request, "crm:read"))


@router.get(
    "/objects/{type_key}/describe", response={200: shapes.DescribeOut, PROBLEMS: ProblemOut},
    operation_id="object_describe",
)  # fmt: skip
def get_description(request: HttpRequest, type_key: str = KEY) -> Any:
    """A type's fields, choices, record types and pipelines, and the caller's rights."""
    return asked.described(require(request, "crm:read"), type_key)


@router.post(
    "/objects/{type_key}/query",
    response={200: shapes.ObjectRecordPage, PROBLEMS: ProblemOut},
    operation_id="object_query",
)
def post_query(request: HttpRequest, body: shapes.QueryIn, type_key: str = KEY) -> Any:
    """A page of the records of a filter tree."""
    actor = require(request, "crm:read")
    tree = asked.tree_of(body.filter, schema_of(actor, type_key))
    return _page(
        actor, type_key, tree, sort=body.sort, cursor=body.cursor, limit=body.limit, fields=",".join(body.fields),
        expand=",".join(body.expand), count=body.count,
    )  # fmt: skip


@router.get(
    "/objects/{type_key}", response={200: shapes.ObjectRecordPage, PROBLEMS: ProblemOut}, operation_id="object_list"
)
def get_list(
    request: HttpRequest, type_key: str = KEY, limit: int = Query(50, ge=1, le=500), cursor: str = CURSOR,
    sort: str = Query("-id", max_length=60), fields: str = Query("", max_length=2_000),
    expand: str = Query("", max_length=500), count: bool = False,
) -> Any:  # fmt: skip
    """A page of records. Every other parameter is a condition: ``stage=won``, ``created__gte=2026-01-01``."""
    actor = require(request, "crm:read")
    tree = asked.simple_tree(dict(request.GET.lists()), schema_of(actor, type_key))
    return _page(
        actor, type_key, tree, sort=sort, cursor=cursor, limit=limit, fields=fields, expand=expand, count=count
    )


@router.post(
    "/objects/{type_key}",
    response={201: shapes.ObjectRecordOut | shapes.ManyOut, 207: shapes.ManyOut, PROBLEMS: ProblemOut},
    operation_id="object_create",
)
def post_records(
    request: HttpRequest, response: HttpResponse, type_key: str = KEY, partial: bool = False, override: bool = False,
    body: shapes.RecordIn | list[shapes.RecordIn] = Body(...),
) -> Any:  # fmt: skip
    """Create one record, or the records of an array: all or none, or with ``partial`` each by itself.

    ``override`` creates what may be a duplicate all the same. Sent again with one ``Idempotency-Key`` within a day,
    nothing is created twice.
    """
    actor = require(request, "crm:write")
    rows = body if isinstance(body, list) else [body]
    if not 0 < len(rows) <= shapes.MOST_ROWS:
        raise Invalid(_("Send 1 to %(n)d records, more as a job.") % {"n": shapes.MOST_ROWS}, field="rows")
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 100 or not key.isprintable():
        raise Invalid(_("An Idempotency-Key has at most 100 letters."), field="Idempotency-Key")
    done = objects.create(
        type_key=type_key, rows=[_new(one) for one in rows], actor=actor, at=clock.now(), override=override, key=key,
        partial=partial and isinstance(body, list), in_array=isinstance(body, list),
        digest=objects.digest_of(type_key, [one.dict() for one in rows]),
    )  # fmt: skip
    found = records_by_id(actor=Actor.system("api"), ids={one.id for one in done if one.id})
    seen = {**found, **records_by_id(actor=actor, ids=set(found))}
    if not isinstance(body, list):
        row = seen[done[0].id]
        response["ETag"], response["Location"] = f'"{row.version}"', f"/api/v1/objects/{type_key}/{row.id}"
        return Status(201, _shown(row))
    results = [{"record": _shown(seen[one.id]) if one.id in seen else None, "problem": one.problem} for one in done]
    failed = sum(1 for one in done if one.problem)
    return Status(207 if failed else 201, {"results": results, "created": len(done) - failed, "failed": failed})


@router.put(
    "/objects/{type_key}/by/{key}/{path:value}",
    response={200: shapes.ObjectRecordOut, 201: shapes.ObjectRecordOut, PROBLEMS: ProblemOut},
    operation_id="object_upsert",
)  # fmt: skip
def put_by(
    request: HttpRequest, response: HttpResponse, body: shapes.RecordIn, type_key: str = KEY,
    key: str = Path(..., max_length=43), value: str = Path(..., max_length=500), override: bool = False,
) -> Any:  # fmt: skip
    """Change the record that has this value in a unique field, or create it."""
    actor = require(request, "crm:write")
    record_id, is_new = objects.upsert(
        type_key=type_key, key=key, value=value, row=_new(body), actor=actor, at=clock.now(), override=override
    )
    return Status(201 if is_new else 200, _one(response, actor, type_key, record_id))


@router.get(
    "/objects/{type_key}/{record_id}", response={200: shapes.ObjectRecordOut, 304: None, PROBLEMS: ProblemOut},
    operation_id="object_get",
)  # fmt: skip
def get_record(
    request: HttpRequest, response: HttpResponse, type_key: str = KEY, record_id: str = ID,
    fields: str = Query("", max_length=2_000), expand: str = Query("", max_length=500),
) -> Any:  # fmt: skip
    """One record; its ``ETag`` is its version."""
    found = _one(response, require(request, "crm:read"), type_key, record_id, fields=fields, expand=expand)
    if not expand and request.headers.get("If-None-Match", "") == response["ETag"]:
        return Status(304, None)
    return found


@router.patch(
    "/objects/{type_key}/{record_id}", response={200: shapes.ObjectRecordOut, CHANGES: ProblemOut},
    operation_id="object_update",
)  # fmt: skip
def patch_record(
    request: HttpRequest, response: HttpResponse, body: shapes.RecordIn, type_key: str = KEY, record_id: str = ID
) -> Any:
    """Change some values; null empties one. ``If-Match`` says which version was read, or ``*``."""
    actor = require(request, "crm:write")
    asked.record_of_type(actor=actor, type_key=type_key, record_id=record_id)
    objects.update(
        type_key=type_key, record_id=record_id, change=_new(body), version=_version(request), actor=actor,
        at=clock.now(),
    )  # fmt: skip
    return _one(response, actor, type_key, record_id)


@router.delete(
    "/objects/{type_key}/{record_id}", response={204: None, CHANGES: ProblemOut}, operation_id="object_delete"
)
def delete_record(request: HttpRequest, type_key: str = KEY, record_id: str = ID) -> Any:
    """Put a record into the bin, from which it can be taken for 30 days. Needs ``If-Match``."""
    actor = require(request, "crm:write")
    asked.record_of_type(actor=actor, type_key=type_key, record_id=record_id)
    objects.delete(type_key=type_key, record_id=record_id, version=_version(request), actor=actor, at=clock.now())
    return Status(204, None)


@router.post(
    "/objects/{type_key}/{record_id}/restore", response={200: shapes.ObjectRecordOut, PROBLEMS: ProblemOut},
    operation_id="object_restore",
)  # fmt: skip
def post_restore(request: HttpRequest, response: HttpResponse, type_key: str = KEY, record_id: str = ID) -> Any:
    """Take a record out of the bin."""
    actor = require(request, "crm:write")
    asked.record_of_type(actor=actor, type_key=type_key, record_id=record_id, with_deleted=True)
    restore_records(record_ids=[record_id], actor=actor, at=clock.now())
    return _one(response, actor, type_key, record_id)
