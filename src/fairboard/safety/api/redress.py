"""Decisions, statements of reasons and appeals over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require, visitor
from fairboard.safety import schemas_redress as shapes
from fairboard.safety.api.days import day
from fairboard.safety.queries import appeals as queries
from fairboard.safety.queries import decisions as decision_queries
from fairboard.safety.queries.records import case_record
from fairboard.safety.schemas import DecisionOut
from fairboard.safety.schemas_duties import DAY
from fairboard.safety.services import appeals, undoing

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.get("/me/decisions", response={200: shapes.DecisionItemList, PROBLEMS: ProblemOut})
def own_decisions(request: HttpRequest, cursor: str = Query("", max_length=400)) -> Any:
    """The decisions on what one published, newest first."""
    page = decision_queries.own_decisions(actor=require(request, "account"), cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/me/appeals", response={200: list[shapes.AppealOut], PROBLEMS: ProblemOut})
def own_appeals(request: HttpRequest) -> Any:
    """One's own appeals, newest first."""
    return queries.own_appeals(actor=require(request, "account"))


@router.get("/decisions/{decision_id}", response={200: shapes.DecisionDetail, PROBLEMS: ProblemOut})
def read_decision(request: HttpRequest, decision_id: str = ID) -> Any:
    """A decision with its statement of reasons, for the author of what it is about and for the desk."""
    return decision_queries.decision_view(decision_id=decision_id, actor=require(request, "account"))


@router.post("/decisions/{decision_id}/undo", response={201: DecisionOut, PROBLEMS: ProblemOut})
def undo_decision(request: HttpRequest, undo: shapes.UndoIn, decision_id: str = ID) -> Any:
    """Undo a decision by a new one that restores what it did."""
    actor = require(request, "desk:write")
    return Status(201, undoing.undo(decision_id=decision_id, reason=undo.reason, actor=actor, at=clock.now()))


@router.post("/appeals", response={201: shapes.AppealFiled, PROBLEMS: ProblemOut})
def file_appeal(request: HttpRequest, appeal: shapes.AppealIn) -> Any:
    """Appeal against a decision on what one published, for six months, free of charge."""
    actor = require(request, "account")
    made = appeals.file_appeal(
        decision_id=appeal.decision_id, text=appeal.text, facts=appeal.facts, actor=actor, at=clock.now()
    )
    return Status(201, {"id": made})


@router.post("/notices/{receipt}/appeal", response={201: shapes.AppealFiled, PROBLEMS: ProblemOut})
def file_reporter_appeal(request: HttpRequest, appeal: shapes.ReporterAppealIn, receipt: str = ID) -> Any:
    """Appeal because one's report was not followed; whoever holds the receipt may."""
    made = appeals.file_reporter_appeal(
        receipt=receipt, text=appeal.text, facts=appeal.facts, actor=visitor(request), at=clock.now()
    )
    return Status(201, {"id": made})


@router.get("/appeals", response={200: shapes.AppealList, PROBLEMS: ProblemOut})
def list_appeals(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; open appeals when empty."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Appeals, the one due first at the top."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.appeal_schema()) or OPEN
    page = queries.appeals(actor=actor, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/appeals/overturned", response={200: list[shapes.OverturnOut], PROBLEMS: ProblemOut})
def overturned(
    request: HttpRequest,
    since: str = Query(..., pattern=DAY, description="First day (UTC)."),
    until: str = Query(..., pattern=DAY, description="The day after the last (UTC)."),
    by: str = Query("policy", pattern="^(policy|rule)$"),
) -> Any:
    """How often decisions of a time were appealed and overturned."""
    actor = require(request, "desk:read")
    return queries.overturn_rates(actor=actor, since=day(since, "since"), until=day(until, "until"), by=by)


@router.get("/appeals/{appeal_id}", response={200: shapes.AppealOut, PROBLEMS: ProblemOut})
def read_appeal(request: HttpRequest, appeal_id: str = ID) -> Any:
    """One appeal, for who filed it and for the desk."""
    return queries.appeal_row(appeal_id=appeal_id, actor=require(request, "account"))


@router.post("/appeals/{appeal_id}/decision", response={201: shapes.AppealDecided, PROBLEMS: ProblemOut})
def decide_appeal(request: HttpRequest, decision: shapes.AppealDecisionIn, appeal_id: str = ID) -> Any:
    """Decide an appeal; whoever made the decision cannot."""
    actor = require(request, "desk:write")
    answer = appeals.Answer(
        decision.outcome, decision.answer, decision.policy, decision.reason_text, decision.actions, decision.days
    )
    made = appeals.decide_appeal(appeal_id=appeal_id, answer=answer, actor=actor, at=clock.now())
    return Status(201, {"new_decision_id": made})


@router.get("/statements", response={200: shapes.StatementBatch, PROBLEMS: ProblemOut})
def list_statements(
    request: HttpRequest,
    since: str = Query("", pattern=f"{DAY}|^$", description="First day (UTC)."),
    until: str = Query("", pattern=f"{DAY}|^$", description="The day after the last (UTC)."),
    cursor: str = Query("", max_length=400),
) -> Any:
    """Statements of reasons in batches of 100, as the DSA Transparency Database takes them."""
    actor = require(request, "desk:read")
    page = decision_queries.statement_batch(
        actor=actor, since=day(since, "since") if since else None, until=day(until, "until") if until else None,
        cursor=cursor,
    )  # fmt: skip
    return {"statements": page.items, "next_cursor": page.next_cursor}


@router.get("/cases/{case_id}/record", response={200: shapes.CaseRecordOut, PROBLEMS: ProblemOut})
def read_case_record(request: HttpRequest, case_id: str = ID) -> Any:
    """Beside a case: the author's record, what it resembles, and the records of who reported it."""
    return case_record(case_id=case_id, actor=require(request, "desk:read"), at=clock.now())
