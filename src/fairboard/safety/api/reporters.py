"""Reporters and trusted flaggers over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety import schemas_redress as shapes
from fairboard.safety.queries import reporters as queries
from fairboard.safety.services import flaggers, reporters

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/reporters", response={200: shapes.ReporterList, PROBLEMS: ProblemOut})
def list_reporters(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Records of reporters, those with the most reports that did not hold first."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.reporter_schema())
    page = queries.reporter_list(actor=actor, tree=tree, at=clock.now(), cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/reporters/{reporter_id}/warn", response={204: None, PROBLEMS: ProblemOut})
def warn_reporter(request: HttpRequest, reporter_id: str = ID) -> Any:
    """Warn a reporter whose reports do not hold."""
    reporters.warn(reporter_id=reporter_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.post("/reporters/{reporter_id}/mute", response={204: None, PROBLEMS: ProblemOut})
def mute_reporter(request: HttpRequest, mute: shapes.MuteIn, reporter_id: str = ID) -> Any:
    """Stop processing a reporter's reports for some days, after a warning."""
    actor = require(request, "desk:write")
    reporters.mute(reporter_id=reporter_id, days=mute.days, reason=mute.reason, actor=actor, at=clock.now())
    return Status(204, None)


@router.post("/reporters/{reporter_id}/hear", response={204: None, PROBLEMS: ProblemOut})
def hear_reporter(request: HttpRequest, reporter_id: str = ID) -> Any:
    """Process a reporter's reports again."""
    reporters.hear(reporter_id=reporter_id, actor=require(request, "desk:write"), at=clock.now())
    return Status(204, None)


@router.get("/flaggers", response={200: list[shapes.FlaggerOut], PROBLEMS: ProblemOut})
def list_flaggers(request: HttpRequest) -> Any:
    """Every trusted flagger by name."""
    return queries.flagger_list(actor=require(request, "desk:read"))


@router.post("/flaggers", response={201: shapes.FlaggerOut, PROBLEMS: ProblemOut})
def add_flagger(request: HttpRequest, entry: shapes.FlaggerIn) -> Any:
    """Enter a trusted flagger; for the lead of the desk."""
    actor = require(request, "safety:manage")
    made = flaggers.add_flagger(entry=flaggers.Entry(**entry.dict()), actor=actor, at=clock.now())
    return Status(201, queries.flagger_row(flagger_id=made, actor=actor))


@router.get("/flaggers/{flagger_id}", response={200: shapes.FlaggerOut, PROBLEMS: ProblemOut})
def read_flagger(request: HttpRequest, flagger_id: str = ID) -> Any:
    """One trusted flagger."""
    return queries.flagger_row(flagger_id=flagger_id, actor=require(request, "desk:read"))


@router.put("/flaggers/{flagger_id}", response={200: shapes.FlaggerOut, PROBLEMS: ProblemOut})
def change_flagger(request: HttpRequest, entry: shapes.FlaggerIn, flagger_id: str = ID) -> Any:
    """Change the entry of a trusted flagger, its state and members; for the lead of the desk."""
    actor = require(request, "safety:manage")
    values = flaggers.Entry(**entry.dict())
    flaggers.change_flagger(flagger_id=flagger_id, entry=values, actor=actor, at=clock.now())
    return queries.flagger_row(flagger_id=flagger_id, actor=actor)


@router.get("/flaggers/{flagger_id}/figures", response={200: shapes.FiguresOut, PROBLEMS: ProblemOut})
def flagger_figures(request: HttpRequest, flagger_id: str = ID, year: int = Query(..., ge=2000, le=9998)) -> Any:
    """What a trusted flagger's yearly report needs (DSA article 22(3))."""
    return queries.flagger_figures(flagger_id=flagger_id, year=year, actor=require(request, "desk:read"))
