"""Reports to the CyberTipline over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import reports as queries
from fairboard.safety.schemas_evidence import NewReportIn, PreviewOut, ReportDetail, ReportIn, ReportList, SendIn
from fairboard.safety.services import reporting

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/reports", response={200: ReportList, PROBLEMS: ProblemOut})
def list_reports(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Reports, the newest first."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.report_schema())
    page = queries.reports(actor=actor, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/reports", response={201: ReportDetail, PROBLEMS: ProblemOut})
def begin_report(request: HttpRequest, wanted: NewReportIn) -> Any:
    """Begin a report about a case, or get the one that is open."""
    actor = require(request, "desk:write")
    made = reporting.create(case_id=wanted.case_id, actor=actor, at=clock.now())
    return Status(201, queries.report_page(report_id=made, actor=actor))


@router.get("/reports/{report_id}", response={200: ReportDetail, PROBLEMS: ProblemOut})
def read_report(request: HttpRequest, report_id: str = ID) -> Any:
    """One report with every step."""
    return queries.report_page(report_id=report_id, actor=require(request, "desk:read"))


@router.put("/reports/{report_id}", response={200: ReportDetail, PROBLEMS: ProblemOut})
def change_report(request: HttpRequest, report: ReportIn, report_id: str = ID) -> Any:
    """Change a draft, or a report that failed."""
    actor = require(request, "desk:write")
    reporting.revise(report_id=report_id, **report.dict(), actor=actor, at=clock.now())
    return queries.report_page(report_id=report_id, actor=actor)


@router.post("/reports/{report_id}/preview", response={200: PreviewOut, PROBLEMS: ProblemOut})
def preview_report(request: HttpRequest, report_id: str = ID) -> Any:
    """Exactly what would be sent; that it was looked at is written down."""
    return reporting.preview(report_id=report_id, actor=require(request, "desk:write"), at=clock.now())


@router.post("/reports/{report_id}/send", response={200: ReportDetail, PROBLEMS: ProblemOut})
def send_report(request: HttpRequest, approval: SendIn, report_id: str = ID) -> Any:
    """Hand what was reviewed to the outbox."""
    actor = require(request, "desk:write")
    reporting.approve(report_id=report_id, mark=approval.mark, actor=actor, at=clock.now())
    return queries.report_page(report_id=report_id, actor=actor)


@router.post("/reports/{report_id}/retry", response={200: ReportDetail, PROBLEMS: ProblemOut})
def retry_report(request: HttpRequest, report_id: str = ID) -> Any:
    """Try to deliver now."""
    actor = require(request, "desk:write")
    reporting.retry(report_id=report_id, actor=actor, at=clock.now())
    return queries.report_page(report_id=report_id, actor=actor)


@router.post("/reports/{report_id}/retract", response={200: ReportDetail, PROBLEMS: ProblemOut})
def retract_report(request: HttpRequest, report_id: str = ID) -> Any:
    """Take a report back that is not finished."""
    actor = require(request, "desk:write")
    reporting.retract(report_id=report_id, actor=actor, at=clock.now())
    return queries.report_page(report_id=report_id, actor=actor)
