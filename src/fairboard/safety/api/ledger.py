"""The ledger over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from fairboard.filters import Condition
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.ledger.queries import event_schema, timeline
from fairboard.people.api_auth import require
from fairboard.safety.schemas import (
    EventList,
)

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.get("/events", response={200: EventList, PROBLEMS: ProblemOut}, tags=["ledger"])
def list_events(
    request: HttpRequest,
    subject_kind: str = Query("", pattern="^[a-z_]{0,40}$"),
    subject_id: str = Query("", pattern="^[0-9A-Za-z_-]{0,64}$"),
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """What happened, newest first, of one subject or of everything."""
    actor = require(request, "ledger:read")
    tree = read_filter(filter, event_schema())
    page = timeline(actor=actor, subject_kind=subject_kind, subject_id=subject_id, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}
