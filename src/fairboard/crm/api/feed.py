"""The change feed over the API."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from fairboard.crm.queries import feed
from fairboard.kit.pagination import encode_cursor
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()


class ValueChangeOut(Schema):
    """A field before and after."""

    field: str
    before: Any = None
    after: Any = None


class FeedOut(Schema):
    """A change of a record. ``act``: created, changed, deleted, restored, purged. ``values`` are the present ones."""

    number: int
    cursor: str
    act: str
    type: str
    record_id: str
    at: datetime
    actor_id: str
    source: str
    fields: list[str]
    changes: list[ValueChangeOut] | None = None
    values: dict[str, Any] | None = None


class FeedPage(Schema):
    """A page of the feed. Go on from ``next_cursor``, at once when there is ``more``, later when not."""

    items: list[FeedOut]
    next_cursor: str
    more: bool


@router.get("/crm/changes", response={200: FeedPage, PROBLEMS: ProblemOut}, operation_id="changes")
def get_changes(
    request: HttpRequest, cursor: str = Query("", max_length=400), limit: int = Query(100, ge=1, le=1_000),
    type: list[str] = Query([], max_length=50), expand: Literal["", "values"] = "",
) -> Any:  # fmt: skip
    """Records created, changed and removed since a cursor, oldest first: names of fields, values only if asked for."""
    actor, wide = require(request, "crm:read"), expand == "values"
    page = feed.changes(actor=actor, cursor=cursor, types=type, size=limit, with_values=wide)
    return {
        "items": [
            {
                "number": one.number, "cursor": encode_cursor(one.number), "act": one.act,
                "type": one.type_key, "record_id": one.record_id, "at": one.at,
                "actor_id": one.actor_id, "source": one.source, "fields": list(one.fields),
                "changes": list(one.changes) if wide else None, "values": dict(one.values) if wide else None,
            }
            for one in page.items
        ],
        "next_cursor": page.next_cursor, "more": bool(page.extra["more"]),
    }  # fmt: skip
