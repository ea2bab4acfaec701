"""Bulk jobs over the API: create, upload, close, poll, results."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from fairboard.crm.services import jobs
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, BodySchema, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
RAW = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
CSV = {"responses": {200: {"description": "Rows as CSV.", "content": {"text/csv": {"schema": {"type": "string"}}}}}}
SCOPE = "crm:import"


class JobIn(BodySchema):
    """A job to be made. ``key`` is ``id`` or a unique field."""

    type: Annotated[str, Field(max_length=40)]
    operation: Literal["insert", "update", "upsert", "delete"]
    key: Annotated[str, Field(max_length=43)] = ""
    format: Literal["csv", "jsonl"] = "csv"
    override: bool = False


class JobOut(Schema):
    """A job: open, queued, running, done, failed or aborted."""

    id: str
    type: str
    operation: str
    key: str
    format: str
    state: str
    parts: dict[str, int]
    rows: int
    written: int
    failed: int
    message: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None


def _shown(job: Any) -> dict[str, Any]:
    named = {name: getattr(job, name) for name in JobOut.model_fields if name not in {"id", "type"}}
    return {"id": job.public_id, "type": job.type_key, **named}


@router.post("/crm/jobs", response={201: JobOut, PROBLEMS: ProblemOut}, operation_id="job_create")
def post_job(request: HttpRequest, body: JobIn) -> Any:
    """Make a job for thousands of records of a type."""
    actor = require(request, SCOPE)
    job = jobs.create(
        type_key=body.type, operation=body.operation, key=body.key, format=body.format, override=body.override,
        actor=actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _shown(job))


@router.get("/crm/jobs/{job_id}", response={200: JobOut, PROBLEMS: ProblemOut}, operation_id="job")
def get_job(request: HttpRequest, job_id: str = ID) -> Any:
    """How far a job is."""
    return _shown(jobs.own(job_id=job_id, actor=require(request, SCOPE)))


@router.put(
    "/crm/jobs/{job_id}/parts/{number}", response={200: JobOut, PROBLEMS: ProblemOut}, operation_id="job_part",
    openapi_extra=RAW,
)  # fmt: skip
def put_part(request: HttpRequest, job_id: str = ID, number: int = Path(..., ge=1, le=1_000)) -> Any:
    """Upload a part of the file, at most 50 MB. Only the first part of a CSV has headings."""
    return _shown(jobs.upload(job_id=job_id, number=number, read=request.read, actor=require(request, SCOPE)))


@router.post("/crm/jobs/{job_id}/close", response={200: JobOut, PROBLEMS: ProblemOut}, operation_id="job_close")
def post_close(request: HttpRequest, job_id: str = ID) -> Any:
    """Everything is uploaded: work it off."""
    return _shown(jobs.close(job_id=job_id, actor=require(request, SCOPE), at=clock.now()))


@router.post("/crm/jobs/{job_id}/abort", response={200: JobOut, PROBLEMS: ProblemOut}, operation_id="job_abort")
def post_abort(request: HttpRequest, job_id: str = ID) -> Any:
    """Stop a job; what was written stays."""
    return _shown(jobs.abort(job_id=job_id, actor=require(request, SCOPE), at=clock.now()))


@router.get(
    "/crm/jobs/{job_id}/results/{kind}", response={PROBLEMS: ProblemOut}, operation_id="job_results",
    openapi_extra=CSV,
)  # fmt: skip
def get_results(request: HttpRequest, kind: Literal["success", "failure"], job_id: str = ID) -> Any:
    """The rows that were written, or those that were not, with the reason. Kept seven days."""
    path = jobs.results(job_id=job_id, kind=kind, actor=require(request, SCOPE))
    return FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8", as_attachment=True, filename=path.name)
