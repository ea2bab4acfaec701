"""Risk assessments and the transparency report over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require, visitor
from fairboard.safety import schemas_duties as shapes
from fairboard.safety.api.days import day
from fairboard.safety.queries import risks as queries
from fairboard.safety.queries.transparency import asked_for
from fairboard.safety.services.risks import adopt

router = Router(tags=["duties"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/risks", response={200: list[shapes.AssessmentOut], PROBLEMS: ProblemOut})
def list_risks(request: HttpRequest) -> Any:
    """Every version of every risk assessment, the newest first."""
    return queries.assessments(actor=require(request, "desk:read"), at=clock.now())


@router.post("/risks", response={201: shapes.AssessmentOut, PROBLEMS: ProblemOut})
def adopt_risks(request: HttpRequest, assessment: shapes.AssessmentIn) -> Any:
    """Adopt the next version of an assessment; none is ever changed."""
    actor, at = require(request, "safety:manage"), clock.now()
    made = adopt(
        regime=assessment.regime, rows=[one.dict() for one in assessment.rows], summary=assessment.summary,
        owner=assessment.owner, review_on=day(assessment.review_on, "review_on").date(), actor=actor, at=at,
    )  # fmt: skip
    return Status(201, queries.assessment(assessment_id=made, actor=actor, at=at))


@router.get("/risks/{assessment_id}", response={200: shapes.AssessmentOut, PROBLEMS: ProblemOut})
def read_risk(request: HttpRequest, assessment_id: str = ID) -> Any:
    """One version."""
    return queries.assessment(assessment_id=assessment_id, actor=require(request, "desk:read"), at=clock.now())


@router.get("/transparency", response={200: shapes.TransparencyOut, PROBLEMS: ProblemOut})
def transparency(
    request: HttpRequest,
    since: str = Query(
        "", pattern=f"{shapes.DAY}|^$", description="First day (UTC); six months before the end when empty."
    ),
    until: str = Query("", pattern=f"{shapes.DAY}|^$", description="The day after the last (UTC); this month's first."),
) -> Any:
    """The transparency report (DSA articles 15 and 24) of whole past months, for everybody."""
    start, end = (day(text, name).date() if text else None for text, name in ((since, "since"), (until, "until")))
    return asked_for(start=start, end=end, actor=visitor(request), today=clock.now().date())
