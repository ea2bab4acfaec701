"""Journeys over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas_growth as schemas
from fairboard.marketing.queries import journey_trials as trials
from fairboard.marketing.queries import journeys as queries
from fairboard.marketing.services import journeys as services
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


def _detail(page: queries.JourneyPage) -> dict[str, Any]:
    return {
        "journey": page.row, "draft": page.draft, "problems": page.problems, "figures": page.figures,
        "is_changed": page.is_changed,
    }  # fmt: skip


@router.get("/marketing/journeys", response={200: list[schemas.JourneyOut], PROBLEMS: ProblemOut})
def list_journeys(request: HttpRequest) -> Any:
    """Every journey, those that are live first."""
    return queries.journeys(actor=require(request, "marketing:read"))


@router.post("/marketing/journeys", response={201: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def create_journey(request: HttpRequest, given: schemas.JourneyIn) -> Any:
    """A new journey with nothing in it."""
    actor = require(request, "marketing:write")
    made = services.create_journey(name=given.name, type_key=given.type, actor=actor, at=clock.now())
    return Status(201, _detail(queries.journey_page(journey_id=made, actor=actor)))


@router.get("/marketing/journeys/{journey_id}", response={200: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def read_journey(request: HttpRequest, journey_id: str = ID) -> Any:
    """A journey with its draft and figures."""
    return _detail(queries.journey_page(journey_id=journey_id, actor=require(request, "marketing:read")))


@router.put("/marketing/journeys/{journey_id}", response={200: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def replace_draft(request: HttpRequest, given: schemas.DraftIn, journey_id: str = ID) -> Any:
    """Give a journey another draft as a whole."""
    actor = require(request, "marketing:write")
    services.replace_draft(journey_id=journey_id, content=given.draft, actor=actor, at=clock.now())
    return _detail(queries.journey_page(journey_id=journey_id, actor=actor))


@router.post("/marketing/journeys/{journey_id}/live", response={200: schemas.LiveOut, PROBLEMS: ProblemOut})
def put_live(request: HttpRequest, journey_id: str = ID) -> Any:
    """Give the draft's mails to the gate, and put it live once all passed."""
    return services.put_live(journey_id=journey_id, actor=require(request, "marketing:send"), at=clock.now())


@router.post("/marketing/journeys/{journey_id}/pause", response={200: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def pause(request: HttpRequest, journey_id: str = ID) -> Any:
    """Stop everybody where they are."""
    actor = require(request, "marketing:send")
    services.pause(journey_id=journey_id, actor=actor, at=clock.now())
    return _detail(queries.journey_page(journey_id=journey_id, actor=actor))


@router.post("/marketing/journeys/{journey_id}/resume", response={200: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def resume(request: HttpRequest, journey_id: str = ID) -> Any:
    """Go on where everybody is."""
    actor = require(request, "marketing:send")
    services.resume(journey_id=journey_id, actor=actor, at=clock.now())
    return _detail(queries.journey_page(journey_id=journey_id, actor=actor))


@router.post("/marketing/journeys/{journey_id}/end", response={200: schemas.JourneyDetail, PROBLEMS: ProblemOut})
def end(request: HttpRequest, journey_id: str = ID) -> Any:
    """End a journey for everybody on it."""
    actor = require(request, "marketing:send")
    services.end(journey_id=journey_id, actor=actor, at=clock.now())
    return _detail(queries.journey_page(journey_id=journey_id, actor=actor))


@router.get("/marketing/journeys/{journey_id}/people", response={200: schemas.RunList, PROBLEMS: ProblemOut})
def list_people(
    request: HttpRequest, journey_id: str = ID, step: str = Query("", max_length=12),
    state: str = Query("", max_length=8), cursor: str = Query("", max_length=400),
) -> Any:  # fmt: skip
    """Who is or was on a journey."""
    actor = require(request, "marketing:read")
    page = queries.people(journey_id=journey_id, actor=actor, step=step, state=state, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/marketing/journeys/{journey_id}/people", response={200: schemas.GrowthCountOut, PROBLEMS: ProblemOut})
def add_people(request: HttpRequest, given: schemas.PeopleIn, journey_id: str = ID) -> Any:
    """Put people on a live journey."""
    actor = require(request, "marketing:send")
    count = services.add_people(journey_id=journey_id, record_ids=given.records, actor=actor, at=clock.now())
    return {"count": count}


@router.get(
    "/marketing/journeys/{journey_id}/dry-run/{person_id}",
    response={200: list[schemas.ExpectedOut], PROBLEMS: ProblemOut},
)
def dry_run(
    request: HttpRequest, journey_id: str = ID, person_id: str = ID, opens: bool = False, clicks: bool = False
) -> Any:  # fmt: skip
    """What the draft would do with somebody, and when; nothing is written or sent."""
    actor = require(request, "marketing:read")
    return trials.dry_run(
        journey_id=journey_id, record_id=person_id, actor=actor, at=clock.now(), opens=opens, clicks=clicks
    )
