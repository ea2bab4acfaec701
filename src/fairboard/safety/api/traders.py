"""Who sells as a business, over the API: one's own record, and verifying it."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety import schemas_duties as shapes
from fairboard.safety.queries import traders as queries
from fairboard.safety.services import traders as services

router = Router(tags=["traders"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/me/trader", response={200: shapes.OwnTrader, PROBLEMS: ProblemOut})
def own_record(request: HttpRequest) -> Any:
    """One's own record as a seller."""
    return {"record": queries.own_record(actor=require(request, "account"), at=clock.now())}


@router.put("/me/trader", response={200: shapes.OwnTrader, PROBLEMS: ProblemOut})
def give_details(request: HttpRequest, given: shapes.TraderIn) -> Any:
    """Give the details the law asks for; the desk verifies them within ten days."""
    actor, at = require(request, "account"), clock.now()
    values = given.dict()
    values["register"] = values.pop("register_name")
    services.give(draft=services.TraderDraft(**values), actor=actor, at=at)
    return {"record": queries.own_record(actor=actor, at=at)}


@router.put("/me/trader/business", response={200: shapes.OwnTrader, PROBLEMS: ProblemOut})
def declare(request: HttpRequest, said: shapes.BusinessIn) -> Any:
    """Say whether one sells as a business."""
    actor, at = require(request, "account"), clock.now()
    services.declare(is_trader=said.is_trader, actor=actor, at=at)
    return {"record": queries.own_record(actor=actor, at=at)}


@router.post("/me/trader/certify", response={200: shapes.OwnTrader, PROBLEMS: ProblemOut})
def certify(request: HttpRequest) -> Any:
    """Confirm that nothing changed, for another year."""
    actor, at = require(request, "account"), clock.now()
    services.certify(actor=actor, at=at)
    return {"record": queries.own_record(actor=actor, at=at)}


@router.get("/traders", response={200: shapes.TraderList, PROBLEMS: ProblemOut})
def list_traders(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Sellers by their clock, those without one last."""
    actor = require(request, "safety:manage")
    tree = read_filter(filter, queries.trader_schema())
    page = queries.traders(actor=actor, at=clock.now(), tree=tree, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.get("/traders/{member_id}", response={200: shapes.TraderDetail, PROBLEMS: ProblemOut})
def read_trader(request: HttpRequest, member_id: str = ID) -> Any:
    """One seller with what they gave."""
    return queries.trader_page(member_id=member_id, actor=require(request, "safety:manage"), at=clock.now())


@router.post("/traders/{member_id}/verify", response={200: shapes.TraderDetail, PROBLEMS: ProblemOut})
def verify(request: HttpRequest, seen: shapes.VerifyIn, member_id: str = ID) -> Any:
    """Say that the details were checked; what was seen is not kept, only that it was."""
    actor, at = require(request, "safety:manage"), clock.now()
    services.verify(member_id=member_id, id_outcome=seen.id_outcome, actor=actor, at=at)
    return queries.trader_page(member_id=member_id, actor=actor, at=at)


@router.post("/traders/{member_id}/refuse", response={204: None, PROBLEMS: ProblemOut})
def refuse(request: HttpRequest, said: shapes.RefuseIn, member_id: str = ID) -> Any:
    """Say what is wrong with the details; the seller gives them again."""
    actor = require(request, "safety:manage")
    services.refuse(member_id=member_id, reason=said.reason, actor=actor, at=clock.now())
    return Status(204, None)
