"""Orders of authorities over the API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import orders as queries
from fairboard.safety.schemas_orders import ExtendIn, HandOverIn, OpenIn, OrderDetail, OrderIn, OrderList, OrderStepIn
from fairboard.safety.services import disclosing, orders
from fairboard.safety.services.order_drafts import OrderDraft

router = Router(tags=["orders"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/orders", response={200: OrderList, PROBLEMS: ProblemOut})
def list_orders(
    request: HttpRequest,
    filter: str = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(30, ge=1, le=100),
) -> Any:
    """Orders by their deadline; open ones when there is no filter."""
    actor = require(request, "safety:manage")
    tree = read_filter(filter, queries.order_schema())
    page = queries.orders(
        actor=actor, at=clock.now(), tree=tree, closed=None if tree else False, cursor=cursor, size=limit
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/orders", response={201: OrderDetail, PROBLEMS: ProblemOut})
def enter_order(request: HttpRequest, order: OrderIn) -> Any:
    """Enter an order as it arrived; its clock runs from then."""
    actor, at = require(request, "safety:manage"), clock.now()
    given = order.dict()
    given["subjects"] = "\n".join(f"{one.kind} {one.id}" for one in order.subjects)
    order_id = orders.receive(draft=OrderDraft(**given), actor=actor, at=at)
    return Status(201, queries.order_page(order_id=order_id, actor=actor, at=at))


@router.get("/orders/{order_id}", response={200: OrderDetail, PROBLEMS: ProblemOut})
def read_order(request: HttpRequest, order_id: str = ID) -> Any:
    """One order with its log and packages."""
    return queries.order_page(order_id=order_id, actor=require(request, "safety:manage"), at=clock.now())


@router.post("/orders/{order_id}/steps", response={200: OrderDetail, PROBLEMS: ProblemOut})
def take_step(request: HttpRequest, step: OrderStepIn, order_id: str = ID) -> Any:
    """Take a step; carrying out an order to give data makes its package."""
    actor, at = require(request, "safety:manage"), clock.now()
    orders.take_step(order_id=order_id, actor=actor, at=at, **step.dict())
    return queries.order_page(order_id=order_id, actor=actor, at=at)


@router.post("/orders/{order_id}/extend", response={200: OrderDetail, PROBLEMS: ProblemOut})
def extend(request: HttpRequest, extension: ExtendIn, order_id: str = ID) -> Any:
    """Give an order a later deadline, or a longer silence."""
    actor, at = require(request, "safety:manage"), clock.now()
    orders.extend(order_id=order_id, actor=actor, at=at, **extension.dict())
    return queries.order_page(order_id=order_id, actor=actor, at=at)


@router.post("/packages/{disclosure_id}/open", response={200: None, PROBLEMS: ProblemOut})
def open_package(request: HttpRequest, asked: OpenIn, disclosure_id: str = ID) -> Any:
    """The package as a zip; looking is recorded with what it is for."""
    actor = require(request, "safety:manage")
    packed = disclosing.open_package(disclosure_id=disclosure_id, purpose=asked.purpose, actor=actor, at=clock.now())
    return HttpResponse(packed, content_type="application/zip", headers={"Cache-Control": "private, no-store"})


@router.post("/packages/{disclosure_id}/handed", response={204: None, PROBLEMS: ProblemOut})
def hand_over(request: HttpRequest, handed: HandOverIn, disclosure_id: str = ID) -> Any:
    """Note to whom a package was given."""
    actor = require(request, "safety:manage")
    disclosing.hand_over(disclosure_id=disclosure_id, actor=actor, at=clock.now(), **handed.dict())
    return Status(204, None)
