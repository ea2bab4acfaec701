"""Requests to take down an intimate image over the API: anybody asks, the desk decides."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Status

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require, visitor
from fairboard.safety import schemas_duties as shapes
from fairboard.safety.queries import takedowns as queries
from fairboard.safety.services import takedowns as services

router = Router(tags=["takedowns"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
WAITING = Condition("state", "eq", "received")


@router.post("/takedowns", response={201: shapes.TakedownReceipt, PROBLEMS: ProblemOut})
def ask(request: HttpRequest, wanted: shapes.TakedownIn) -> Any:
    """Ask to take down an intimate image; anybody may, without an account. The id in the answer is the receipt."""
    draft = services.TakedownDraft(**wanted.dict(), language=(get_language() or "en").split("-")[0])
    receipt = services.request_takedown(draft=draft, actor=visitor(request), at=clock.now())
    return Status(201, queries.receipt_of(receipt))


@router.get("/takedowns/{receipt}/receipt", response={200: shapes.TakedownReceipt, PROBLEMS: ProblemOut})
def read_receipt(request: HttpRequest, receipt: str = ID) -> Any:
    """Where a request stands, for whoever holds its receipt."""
    found = queries.receipt_of(receipt)
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


@router.get("/takedowns", response={200: shapes.TakedownList, PROBLEMS: ProblemOut})
def list_takedowns(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; those waiting when empty."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Requests by their deadline."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.takedown_schema()) or WAITING
    page = queries.takedowns(actor=actor, at=clock.now(), tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/takedowns/{takedown_id}", response={200: shapes.TakedownDetail, PROBLEMS: ProblemOut})
def read_takedown(request: HttpRequest, takedown_id: str = ID) -> Any:
    """One request with who asked."""
    actor = require(request, "desk:read")
    return queries.takedown_page(takedown_id=takedown_id, actor=actor, at=clock.now())


@router.post("/takedowns/{takedown_id}/remove", response={200: shapes.RemovedOut, PROBLEMS: ProblemOut})
def remove(request: HttpRequest, decision: shapes.RemoveIn, takedown_id: str = ID) -> Any:
    """Take down what the request names; identical copies follow."""
    actor = require(request, "desk:write")
    made = services.grant(takedown_id=takedown_id, actor=actor, at=clock.now(), **decision.dict())
    return {"photos": made}


@router.post("/takedowns/{takedown_id}/decline", response={204: None, PROBLEMS: ProblemOut})
def decline(request: HttpRequest, decision: shapes.DeclineIn, takedown_id: str = ID) -> Any:
    """Say that a request is not valid and what it lacks."""
    actor = require(request, "desk:write")
    services.decline(takedown_id=takedown_id, actor=actor, at=clock.now(), **decision.dict())
    return Status(204, None)
