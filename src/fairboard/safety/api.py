"""Reports, cases, decisions and policies over the API."""

from dataclasses import asdict
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Status

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.ledger.queries import event_schema, timeline
from fairboard.people.api_auth import require, visitor
from fairboard.safety import queries
from fairboard.safety.schemas import (
    CaseDetail,
    CaseList,
    DecisionIn,
    DecisionOut,
    DocumentIn,
    EventList,
    NoticeIn,
    NoticeOut,
    PolicyOut,
    ScreenedOut,
)
from fairboard.safety.services import deciding
from fairboard.safety.services.notices import file_notice
from fairboard.screening import policies
from fairboard.screening.cli_io import screen_object

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.post("/notices", response={201: NoticeOut, PROBLEMS: ProblemOut})
def report(request: HttpRequest, notice: NoticeIn) -> Any:
    """Say that something is wrong; anybody may. The id in the answer is the receipt."""
    return Status(201, file_notice(
        subject_kind=notice.subject_kind, subject_id=notice.subject_id, reporter=visitor(request),
        reporter_email=notice.email, kind=notice.kind, text=notice.text, at=clock.now(),
    ))  # fmt: skip


@router.get("/notices/{receipt}", response={200: NoticeOut, PROBLEMS: ProblemOut})
def read_notice(request: HttpRequest, receipt: str = ID) -> Any:
    """Where a report stands, for whoever holds its receipt."""
    found = queries.notice_state(receipt)
    if found is None:
        raise NotFound(_("There is no such report."))
    return found


@router.get("/cases", response={200: CaseList, PROBLEMS: ProblemOut})
def list_cases(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; open cases when empty."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Cases, the most severe first, then the oldest."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.case_schema()) or OPEN
    page = queries.cases(actor=actor, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/cases/{case_id}", response={200: CaseDetail, PROBLEMS: ProblemOut})
def read_case(request: HttpRequest, case_id: str = ID) -> Any:
    """One case with the submission exactly as written."""
    page = queries.case_page(case_id=case_id, actor=require(request, "desk:read"))
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


@router.post("/cases/{case_id}/decision", response={201: DecisionOut, PROBLEMS: ProblemOut})
def decide_case(request: HttpRequest, decision: DecisionIn, case_id: str = ID) -> Any:
    """Allow or refuse; the author and every reporter are told."""
    actor = require(request, "desk:write")
    return Status(201, deciding.decide(case_id=case_id, actor=actor, at=clock.now(), **decision.dict()))


@router.get("/policies", response={200: list[PolicyOut], PROBLEMS: ProblemOut})
def list_policies(request: HttpRequest) -> Any:
    """What may not be published, as members read it."""
    return list(policies().values())


@router.post("/screen", response={200: ScreenedOut, PROBLEMS: ProblemOut})
def try_text(request: HttpRequest, document: DocumentIn) -> Any:
    """What the rules make of a text; nothing is kept."""
    require(request, "desk:read")
    return screen_object(document.dict())


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
