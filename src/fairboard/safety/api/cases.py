"""Cases and decisions over the API."""

from dataclasses import asdict
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Status

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import cases as queries
from fairboard.safety.schemas import (
    CaseDetail,
    CaseList,
    DecisionIn,
    DecisionOut,
    NextCaseIn,
    NextCaseOut,
    ProposedOut,
)
from fairboard.safety.schemas_work import PhotosOut
from fairboard.safety.services import deciding, exposure, queueing, second

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.get("/cases", response={200: CaseList, PROBLEMS: ProblemOut})
def list_cases(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; open cases when empty."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Cases in their order of priority: severity, reach and how long they have waited."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.case_schema()) or OPEN
    page = queries.cases(actor=actor, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/cases/{case_id}", response={200: CaseDetail, PROBLEMS: ProblemOut})
def read_case(request: HttpRequest, case_id: str = ID) -> Any:
    """One case with the submission exactly as written; that one looked is counted as on its page."""
    actor, at = require(request, "desk:read"), clock.now()
    page = queries.case_page(case_id=case_id, actor=actor, at=at)
    exposure.looked(case_id=case_id, actor=actor, at=at)
    submission = page["submission"]
    return {
        **asdict(page["case"]),
        "fields": submission.fields,
        "reasons": submission.reasons,
        "contacts": submission.contacts,
        "notices": [_notice(one) for one in page["notices"]],
    }


def _notice(one: Model) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("public_id", "kind", "text", "at")}


@router.post("/cases/{case_id}/claim", response={204: None, PROBLEMS: ProblemOut})
def claim_case(request: HttpRequest, case_id: str = ID) -> Any:
    """Take a case for twenty minutes."""
    deciding.claim(case_id=case_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.post("/cases/{case_id}/release", response={204: None, PROBLEMS: ProblemOut})
def release_case(request: HttpRequest, case_id: str = ID) -> Any:
    """Give back a case one has taken."""
    queueing.release(case_id=case_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.post("/queues/next", response={200: NextCaseOut, PROBLEMS: ProblemOut})
def take_next_case(request: HttpRequest, wanted: NextCaseIn) -> Any:
    """Take the first case of a queue that nobody has; ``id`` is empty when none waits."""
    actor = require(request, "desk:write")
    return {"id": queueing.take_next(queue=wanted.queue, actor=actor, at=clock.now())}


@router.post("/cases/{case_id}/escalate", response={204: None, PROBLEMS: ProblemOut})
def escalate_case(request: HttpRequest, case_id: str = ID) -> Any:
    """Move a case to the queue for the safety of children."""
    queueing.escalate(case_id=case_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.post("/cases/{case_id}/back", response={204: None, PROBLEMS: ProblemOut})
def move_back(request: HttpRequest, case_id: str = ID) -> Any:
    """Say that a case does not concern a child; it goes to the urgent queue."""
    queueing.move_back(case_id=case_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.post("/cases/{case_id}/photos", response={200: PhotosOut, PROBLEMS: ProblemOut})
def show_photos(request: HttpRequest, case_id: str = ID) -> Any:
    """Where the photos of a case are, to see them in the clear; it is counted, and who asked is on the ledger."""
    actor = require(request, "desk:write")
    return {"photos": exposure.photos_shown(case_id=case_id, actor=actor, at=clock.now())}


@router.post("/cases/{case_id}/decisions", response={201: DecisionOut, 202: ProposedOut, PROBLEMS: ProblemOut})
def decide_case(request: HttpRequest, decision: DecisionIn, case_id: str = ID) -> Any:
    """Allow or refuse; the author and every reporter are told. 202 where two people must agree and one has spoken."""
    actor = require(request, "desk:write")
    made = second.decide(case_id=case_id, actor=actor, at=clock.now(), **decision.dict())
    if made.decision is None:
        return Status(202, {"detail": _("A colleague confirms it.")})
    return Status(201, made.decision)
