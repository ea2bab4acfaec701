"""The desk's own work over the API: figures, samples judged blind, what one has had to look at."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety import schemas_work as shapes
from fairboard.safety.queries import metrics as queries
from fairboard.safety.queries.wellness import wellness_of
from fairboard.safety.services import exposure, samples

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/metrics", response={200: shapes.MetricsOut, PROBLEMS: ProblemOut})
def read_metrics(request: HttpRequest) -> Any:
    """How the desk does."""
    found = queries.metrics(actor=require(request, "desk:read"), at=clock.now())
    return {**asdict(found), "by_day": [{"day": day, "decisions": count} for day, count in found.by_day]}


@router.get("/samples/next", response={200: shapes.NextSample, PROBLEMS: ProblemOut})
def next_sample(request: HttpRequest) -> Any:
    """The sample to judge next, without anything that could sway the judgement."""
    return {"sample": queries.next_sample(actor=require(request, "desk:write"))}


@router.post("/samples/{sample_id}/judgement", response={204: None, PROBLEMS: ProblemOut})
def judge_sample(request: HttpRequest, judgement: shapes.JudgementIn, sample_id: str = ID) -> Any:
    """Say what a sample is; one that breaks the rules goes before the desk."""
    actor = require(request, "desk:write")
    samples.judge(sample_id=sample_id, actor=actor, at=clock.now(), **judgement.dict())
    return Status(204, None)


@router.get("/me/wellness", response={200: shapes.WellnessOut, PROBLEMS: ProblemOut})
def read_wellness(request: HttpRequest) -> Any:
    """What one has looked at today, and how one wants to be shown more."""
    return wellness_of(actor=require(request, "desk:read"), at=clock.now())


@router.put("/me/wellness", response={200: shapes.WellnessOut, PROBLEMS: ProblemOut})
def set_comfort(request: HttpRequest, wanted: shapes.ComfortIn) -> Any:
    """Say how one wants to be shown what is hard to look at."""
    actor, at = require(request, "desk:write"), clock.now()
    exposure.set_comfort(actor=actor, at=at, **wanted.dict())
    return wellness_of(actor=actor, at=at)
