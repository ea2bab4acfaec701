"""Mailings over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas
from fairboard.marketing.queries import checks
from fairboard.marketing.queries import mailings as queries
from fairboard.marketing.services import claiming
from fairboard.marketing.services import mailings as services
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
FILTER = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON.")
CURSOR = Query("", max_length=400)
DETAIL = {200: schemas.MailingDetail, PROBLEMS: ProblemOut}


def _detail(page: queries.MailingPage) -> dict[str, Any]:
    row = page.row
    return {
        "id": row.id, "name": row.name, "topic": row.topic, "state": row.state, "starts_at": row.starts_at,
        "ended_at": row.ended_at, "audience_size": row.audience_size, "created_at": row.created_at,
        "basis": page.basis, "problem": page.problem, "winner": page.winner, "figures": page.figures,
        "results": page.results,
    }  # fmt: skip


def _draft(given: schemas.MailingIn) -> services.MailingDraft:
    values = given.dict()
    variants = [services.Variant(**one) for one in values.pop("variants")]
    return services.MailingDraft(**values, variants=variants)


@router.get("/marketing/mailings", response={200: schemas.MailingList, PROBLEMS: ProblemOut})
def list_mailings(request: HttpRequest, filter: str = FILTER, cursor: str = CURSOR) -> Any:
    """Mailings, newest first."""
    actor = require(request, "marketing:read")
    page = queries.mailings(actor=actor, tree=read_filter(filter, queries.schema()), cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/marketing/mailings", response={201: schemas.MailingDetail, PROBLEMS: ProblemOut})
def create_mailing(request: HttpRequest, given: schemas.MailingIn) -> Any:
    """A new mailing, as a draft."""
    actor = require(request, "marketing:write")
    made = services.save_mailing(draft=_draft(given), actor=actor, at=clock.now())
    return Status(201, _detail(queries.mailing_page(mailing_id=made, actor=actor)))


@router.get("/marketing/mailings/{mailing_id}", response=DETAIL)
def read_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """One mailing with its live figures."""
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=require(request, "marketing:read")))


@router.put("/marketing/mailings/{mailing_id}", response=DETAIL)
def change_mailing(request: HttpRequest, given: schemas.MailingIn, mailing_id: str = ID) -> Any:
    """Change a mailing that is not on its way; it must pass the gate again."""
    actor = require(request, "marketing:write")
    services.save_mailing(draft=_draft(given), mailing_id=mailing_id, actor=actor, at=clock.now())
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=actor))


@router.get("/marketing/mailings/{mailing_id}/check", response={200: schemas.CheckOut, PROBLEMS: ProblemOut})
def check_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """Who misses which value, over the whole audience."""
    actor = require(request, "marketing:read")
    queries.mailing_page(mailing_id=mailing_id, actor=actor)
    content = services.preview_content(mailing_id=mailing_id)
    return checks.check(mailing_id=mailing_id, actor=actor, frozen=content, at=clock.now())


@router.post("/marketing/mailings/{mailing_id}/submit", response={200: schemas.ReviewOut, PROBLEMS: ProblemOut})
def submit_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """Freeze what a mailing says and give it to the gate."""
    actor = require(request, "marketing:write")
    review = services.submit(mailing_id=mailing_id, actor=actor, at=clock.now())
    return {"verdict": review.verdict, "state": queries.mailing_page(mailing_id=mailing_id, actor=actor).row.state}


@router.post("/marketing/mailings/{mailing_id}/schedule", response=DETAIL)
def schedule_mailing(request: HttpRequest, given: schemas.WhenIn, mailing_id: str = ID) -> Any:
    """Set an approved mailing to go out."""
    actor, at = require(request, "marketing:send"), clock.now()
    starts_at = clock.aware(given.starts_at) if given.starts_at else at
    services.schedule(mailing_id=mailing_id, starts_at=starts_at, actor=actor, at=at)
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=actor))


@router.post("/marketing/mailings/{mailing_id}/pause", response=DETAIL)
def pause_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """Stop a mailing for the time being."""
    actor = require(request, "marketing:send")
    services.pause(mailing_id=mailing_id, actor=actor, at=clock.now())
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=actor))


@router.post("/marketing/mailings/{mailing_id}/resume", response=DETAIL)
def resume_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """Go on with a stopped mailing."""
    actor = require(request, "marketing:send")
    services.resume(mailing_id=mailing_id, actor=actor, at=clock.now())
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=actor))


@router.post("/marketing/mailings/{mailing_id}/cancel", response=DETAIL)
def cancel_mailing(request: HttpRequest, mailing_id: str = ID) -> Any:
    """End a mailing for good."""
    actor = require(request, "marketing:send")
    services.cancel(mailing_id=mailing_id, actor=actor, at=clock.now())
    return _detail(queries.mailing_page(mailing_id=mailing_id, actor=actor))


@router.post("/marketing/mailings/{mailing_id}/settle", response={200: schemas.MailingCountOut, PROBLEMS: ProblemOut})
def settle_mailing(request: HttpRequest, given: schemas.SettleIn, mailing_id: str = ID) -> Any:
    """Say what became of mails in an unknown state."""
    actor = require(request, "marketing:send")
    again = given.as_ == "again"
    return {"count": claiming.settle_mailing(mailing_id=mailing_id, again=again, actor=actor, at=clock.now())}


@router.get("/marketing/mailings/{mailing_id}/recipients", response={200: schemas.DeliveryList, PROBLEMS: ProblemOut})
def list_recipients(request: HttpRequest, mailing_id: str = ID, filter: str = FILTER, cursor: str = CURSOR) -> Any:
    """What became of each recipient."""
    actor = require(request, "marketing:read")
    queries.mailing_page(mailing_id=mailing_id, actor=actor)
    tree = read_filter(filter, queries.delivery_schema())
    page = queries.deliveries(mailing_id=mailing_id, actor=actor, tree=tree, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}
