"""Profiles, seats and teams over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from fairboard.crm import schemas_setup as shapes
from fairboard.crm.queries import access as queries
from fairboard.crm.queries import staff
from fairboard.crm.services import access
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
PROFILE = Path(..., pattern="^[a-z0-9_]{1,40}$")
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/crm/profiles", response={200: list[shapes.ProfileOut], PROBLEMS: ProblemOut}, operation_id="crm_profiles")
def list_profiles(request: HttpRequest) -> Any:
    """Every profile."""
    return queries.profiles(actor=require(request, "crm:manage"))


@router.post(
    "/crm/profiles", response={201: shapes.SetupMadeOut, PROBLEMS: ProblemOut}, operation_id="crm_profile_create"
)
def create_profile(request: HttpRequest, body: shapes.ProfileIn) -> Any:
    """Add a profile."""
    actor = require(request, "crm:manage")
    return Status(201, {"id": access.save_profile(key="", **body.dict(), actor=actor, at=clock.now())})


@router.put("/crm/profiles/{profile}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_profile_change")
def change_profile(request: HttpRequest, body: shapes.ProfileIn, profile: str = PROFILE) -> Any:
    """Change what a profile may do."""
    actor = require(request, "crm:manage")
    access.save_profile(key=profile, **body.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/crm/seats", response={200: list[shapes.SeatOut], PROBLEMS: ProblemOut}, operation_id="crm_seats")
def list_seats(request: HttpRequest) -> Any:
    """Everybody who works with the CRM."""
    return staff.seats(actor=require(request, "crm:manage"))


@router.put("/crm/seats/{member_id}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_seat_keep")
def keep_seat(request: HttpRequest, body: shapes.SeatIn, member_id: str = ID) -> Any:
    """Give a colleague a profile, a team and territories."""
    actor = require(request, "crm:manage")
    access.save_seat(member_id=member_id, **body.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/crm/teams", response={200: list[shapes.TeamOut], PROBLEMS: ProblemOut}, operation_id="crm_teams")
def list_teams(request: HttpRequest) -> Any:
    """Every team, each below the one it belongs to."""
    return staff.teams(actor=require(request, "crm:manage"))


@router.post("/crm/teams", response={201: shapes.SetupMadeOut, PROBLEMS: ProblemOut}, operation_id="crm_team_create")
def create_team(request: HttpRequest, body: shapes.TeamIn) -> Any:
    """Add a team."""
    actor = require(request, "crm:manage")
    return Status(201, {"id": access.save_team(team_id="", **body.dict(), actor=actor, at=clock.now())})
