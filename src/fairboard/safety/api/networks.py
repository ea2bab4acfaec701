"""Networks over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import networks as queries
from fairboard.safety.schemas_networks import HeldOut, HoldIn, NetworkCaseOut, NetworkDetail, NetworkList
from fairboard.safety.services import networks as services

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/networks", response={200: NetworkList, PROBLEMS: ProblemOut})
def list_networks(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON; all networks when empty."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Networks of linked ads, those of the highest risk first."""
    actor = require(request, "desk:read")
    tree = read_filter(filter, queries.network_schema())
    page = queries.networks(actor=actor, tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/networks/{network_id}", response={200: NetworkDetail, PROBLEMS: ProblemOut})
def read_network(request: HttpRequest, network_id: str = ID) -> Any:
    """One network with its ads and what ties them; one that was merged answers as what it is part of now."""
    return queries.network_page(network_id=network_id, actor=require(request, "desk:read"))


@router.post("/networks/{network_id}/case", response={200: NetworkCaseOut, PROBLEMS: ProblemOut})
def open_case(request: HttpRequest, network_id: str = ID) -> Any:
    """Open one case about a network; the open one answers while there is one."""
    actor = require(request, "desk:write")
    return {"case_id": services.open_network_case(network_id=network_id, actor=actor, at=clock.now())}


@router.post("/networks/{network_id}/hold", response={200: HeldOut, PROBLEMS: ProblemOut})
def hold(request: HttpRequest, hold: HoldIn, network_id: str = ID) -> Any:
    """Put every live ad of a network before the desk and its members on hold."""
    actor = require(request, "desk:write")
    return Status(200, services.hold_network(network_id=network_id, actor=actor, at=clock.now(), **hold.dict()))
