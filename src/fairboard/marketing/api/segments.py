"""Segments over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas_growth as schemas
from fairboard.marketing.queries import segments as queries
from fairboard.marketing.services import segments as services
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/marketing/segments", response={200: list[schemas.SegmentOut], PROBLEMS: ProblemOut})
def list_segments(request: HttpRequest) -> Any:
    """Every segment, by name."""
    return queries.segments(actor=require(request, "marketing:read"))


@router.post("/marketing/segments", response={201: schemas.SegmentOut, PROBLEMS: ProblemOut})
def create_segment(request: HttpRequest, given: schemas.SegmentIn) -> Any:
    """Make a segment of a filter tree and fill it."""
    actor = require(request, "marketing:write")
    made = services.save_segment(name=given.name, type_key=given.type, tree=given.tree, actor=actor, at=clock.now())
    return Status(201, queries.segment(actor=actor, segment_id=made))


@router.get("/marketing/segments/{segment_id}", response={200: schemas.SegmentOut, PROBLEMS: ProblemOut})
def read_segment(request: HttpRequest, segment_id: str = ID) -> Any:
    """One segment."""
    return queries.segment(actor=require(request, "marketing:read"), segment_id=segment_id)


@router.put("/marketing/segments/{segment_id}", response={200: schemas.SegmentOut, PROBLEMS: ProblemOut})
def change_segment(request: HttpRequest, given: schemas.SegmentIn, segment_id: str = ID) -> Any:
    """Change a segment's name or filter; its type stays."""
    actor = require(request, "marketing:write")
    kept = queries.segment(actor=actor, segment_id=segment_id)
    services.save_segment(
        name=given.name, type_key=kept.type_key, tree=given.tree, actor=actor, at=clock.now(), segment_id=segment_id
    )
    return queries.segment(actor=actor, segment_id=segment_id)


@router.delete("/marketing/segments/{segment_id}", response={204: None, PROBLEMS: ProblemOut})
def archive_segment(request: HttpRequest, segment_id: str = ID) -> Any:
    """Take a segment out of use."""
    services.archive_segment(segment_id=segment_id, actor=require(request, "marketing:write"), at=clock.now())
    return Status(204, None)


@router.get("/marketing/segments/{segment_id}/members", response={200: schemas.GrowthMemberList, PROBLEMS: ProblemOut})
def list_members(request: HttpRequest, segment_id: str = ID, cursor: str = Query("", max_length=400)) -> Any:
    """The records in a segment that you may see."""
    page = queries.members(actor=require(request, "marketing:read"), segment_id=segment_id, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get(
    "/marketing/segments/{segment_id}/overlap/{other_id}", response={200: schemas.OverlapOut, PROBLEMS: ProblemOut}
)
def read_overlap(request: HttpRequest, segment_id: str = ID, other_id: str = ID) -> Any:
    """How far two segments overlap."""
    return queries.overlap(actor=require(request, "marketing:read"), first_id=segment_id, second_id=other_id)


@router.get(
    "/marketing/segments/{segment_id}/snapshots", response={200: list[schemas.SnapshotOut], PROBLEMS: ProblemOut}
)
def list_snapshots(request: HttpRequest, segment_id: str = ID) -> Any:
    """The pictures taken of a segment."""
    return queries.snapshots(actor=require(request, "marketing:read"), segment_id=segment_id)


@router.post("/marketing/segments/{segment_id}/snapshots", response={201: schemas.SnapshotOut, PROBLEMS: ProblemOut})
def take_snapshot(request: HttpRequest, given: schemas.SnapshotIn, segment_id: str = ID) -> Any:
    """Keep who is in a segment now."""
    actor = require(request, "marketing:write")
    services.take_snapshot(segment_id=segment_id, name=given.name, actor=actor, at=clock.now())
    return Status(201, queries.snapshots(actor=actor, segment_id=segment_id)[0])
