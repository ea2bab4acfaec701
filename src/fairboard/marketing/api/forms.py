"""Forms over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas_growth as schemas
from fairboard.marketing.queries import forms as queries
from fairboard.people.api_auth import require

router = Router()


@router.get("/marketing/forms", response={200: list[schemas.FormOut], PROBLEMS: ProblemOut})
def list_forms(request: HttpRequest) -> Any:
    """Forms in use with their figures."""
    return queries.forms(actor=require(request, "marketing:read"))
