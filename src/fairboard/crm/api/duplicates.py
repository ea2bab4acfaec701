"""Duplicates and merges over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries import duplicates as queries
from fairboard.crm.queries.access import visible_fields
from fairboard.crm.queries.records import readable
from fairboard.crm.schemas_data import (
    CandidateOut,
    CandidatesIn,
    DataMadeOut,
    MergeIn,
    MergeOut,
    MergeUndoneOut,
    PairList,
    SearchIn,
)
from fairboard.crm.services import duplicates, merge_undo, merging
from fairboard.crm.values import parse
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/crm/duplicates", response={200: PairList, PROBLEMS: ProblemOut})
def list_pairs(
    request: HttpRequest,
    type: str = Query("account", max_length=40),
    state: str = Query("open", pattern="^(open|dismissed|merged)$"),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=200),
) -> Any:
    """Pairs of records that are alike, the likeliest first."""
    actor = require(request, "crm:read")
    page = queries.pairs(actor=actor, type_key=type, state=state, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/crm/duplicates/search", response={202: DataMadeOut, PROBLEMS: ProblemOut})
def search(request: HttpRequest, given: SearchIn) -> Any:
    """Compare all records of a type in the background."""
    actor = require(request, "crm:write")
    return Status(202, {"id": duplicates.ask_for_search(type_key=given.type, actor=actor, at=clock.now())})


@router.post("/crm/duplicates/candidates", response={200: list[CandidateOut], PROBLEMS: ProblemOut})
def candidates(request: HttpRequest, given: CandidatesIn) -> Any:
    """The records that may be what these values describe."""
    seat, info = readable(require(request, "crm:read"), given.type)
    found = parse(info, given.values, editable=visible_fields(seat, info))
    return queries.candidates(info, found.values, seat=seat)


@router.get("/crm/duplicates/of/{record_id}", response={200: list[CandidateOut], PROBLEMS: ProblemOut})
def like(request: HttpRequest, record_id: str = ID) -> Any:
    """The records that may be the same as one that is there."""
    return queries.like(record_id=record_id, actor=require(request, "crm:read"))


@router.post("/crm/duplicates/{pair_id}/dismiss", response={204: None, PROBLEMS: ProblemOut})
def dismiss(request: HttpRequest, pair_id: str = ID) -> Any:
    """Say that two records are not the same."""
    duplicates.dismiss(pair_id=pair_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)


@router.post("/crm/merge", response={200: MergeOut, PROBLEMS: ProblemOut})
def merge(request: HttpRequest, given: MergeIn) -> Any:
    """Make two to five records one; ``dry_run`` says what it comes to and writes nothing."""
    actor = require(request, "crm:write")
    found = merging.merge(
        record_ids=given.records, survivor_id=given.survivor, chosen=given.chosen, dry_run=given.dry_run, actor=actor,
        at=clock.now(),
    )  # fmt: skip
    seat, info = readable(actor, found.type_key)
    seen = set(visible_fields(seat, catalogue().type(info.key)))
    return {
        "survivor": found.survivor, "values": {key: one for key, one in found.values.items() if key in seen},
        "moves": found.moves, "merge_id": found.merge_id,
    }  # fmt: skip


@router.post("/crm/merges/{merge_id}/undo", response={200: MergeUndoneOut, PROBLEMS: ProblemOut})
def undo(request: HttpRequest, merge_id: str = ID) -> Any:
    """Undo a merge; what was changed since is named and stays."""
    return {"left": merge_undo.undo(merge_id=merge_id, actor=require(request, "crm:write"), at=clock.now())}
