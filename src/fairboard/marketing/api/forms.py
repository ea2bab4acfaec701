"""Forms over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas_capture as shapes
from fairboard.marketing import schemas_growth as schemas
from fairboard.marketing.queries import forms as queries
from fairboard.marketing.services import forms as services
from fairboard.marketing.services.forms import FormDraft
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


def _detail(form_id: str, request: HttpRequest) -> dict[str, Any]:
    one = queries.form(form_id=form_id, actor=require(request, "marketing:read"))
    kept = {name: getattr(one, name) for name in shapes.FormDetail.model_fields if name not in {"id", "asked"}}
    asked = [{"label": "", "required": False, **each} for each in one.asked]
    return {"id": one.public_id, "asked": asked, **kept}


@router.get("/marketing/forms", response={200: list[schemas.FormOut], PROBLEMS: ProblemOut})
def list_forms(request: HttpRequest) -> Any:
    """Forms in use with their figures."""
    return queries.forms(actor=require(request, "marketing:read"))


@router.post("/marketing/forms", response={201: shapes.FormDetail, PROBLEMS: ProblemOut})
def create_form(request: HttpRequest, given: shapes.FormIn) -> Any:
    """Make a form; it is open to everybody at once at ``/f/`` and its slug."""
    actor = require(request, "marketing:write")
    made = services.save_form(draft=FormDraft(**given.dict()), actor=actor, at=clock.now())
    return Status(201, _detail(made, request))


@router.get("/marketing/forms/{form_id}", response={200: shapes.FormDetail, PROBLEMS: ProblemOut})
def read_form(request: HttpRequest, form_id: str = ID) -> Any:
    """A form with everything it is set to."""
    return _detail(form_id, request)


@router.put("/marketing/forms/{form_id}", response={200: shapes.FormDetail, PROBLEMS: ProblemOut})
def replace_form(request: HttpRequest, given: shapes.FormIn, form_id: str = ID) -> Any:
    """Set a form anew as a whole."""
    actor = require(request, "marketing:write")
    services.save_form(draft=FormDraft(**given.dict()), form_id=form_id, actor=actor, at=clock.now())
    return _detail(form_id, request)


@router.delete("/marketing/forms/{form_id}", response={204: None, PROBLEMS: ProblemOut})
def archive_form(request: HttpRequest, form_id: str = ID) -> Any:
    """Take a form out of use: its page is gone, what was sent stays."""
    services.archive_form(form_id=form_id, actor=require(request, "marketing:write"), at=clock.now())
    return Status(204, None)
