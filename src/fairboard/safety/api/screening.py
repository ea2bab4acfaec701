"""Policies, and trying a text, over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from fairboard.filters import Condition
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.schemas import (
    DocumentIn,
    PolicyOut,
    ScreenedOut,
)
from fairboard.screening import policies
from fairboard.screening.cli_io import screen_object

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
OPEN = Condition("state", "eq", "open")


@router.get("/policies", response={200: list[PolicyOut], PROBLEMS: ProblemOut})
def list_policies(request: HttpRequest) -> Any:
    """What may not be published, as members read it."""
    return list(policies().values())


@router.post("/screen", response={200: ScreenedOut, PROBLEMS: ProblemOut})
def try_text(request: HttpRequest, document: DocumentIn) -> Any:
    """What the rules make of a text; nothing is kept."""
    require(request, "desk:read")
    return screen_object(document.dict(), year=clock.now().year)
