"""Converting leads, and quotes, over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from fairboard.crm import schemas_deals as shapes
from fairboard.crm.queries import deals as queries
from fairboard.crm.services import conversion, quotes
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.post(
    "/crm/leads/{lead_id}/convert", response={200: shapes.ConvertedOut, PROBLEMS: ProblemOut},
    operation_id="crm_lead_convert",
)  # fmt: skip
def convert_lead(request: HttpRequest, body: shapes.ConvertIn, lead_id: str = ID) -> Any:
    """A lead becomes an account, a contact and, if wanted, a deal: all or nothing."""
    actor = require(request, "crm:write")
    return conversion.convert_lead(lead_id=lead_id, **body.dict(), actor=actor, at=clock.now())


@router.get("/crm/quotes/{quote_id}", response={200: shapes.QuoteOut, PROBLEMS: ProblemOut}, operation_id="crm_quote")
def get_quote(request: HttpRequest, quote_id: str = ID) -> Any:
    """A quote with its lines and sums."""
    return _quote(require(request, "crm:read"), quote_id)


@router.put(
    "/crm/quotes/{quote_id}/lines",
    response={200: shapes.QuoteOut, PROBLEMS: ProblemOut},
    operation_id="crm_quote_lines",
)
def keep_lines(request: HttpRequest, body: shapes.DealLinesIn, quote_id: str = ID) -> Any:
    """Make a quote's lines these."""
    actor = require(request, "crm:write")
    drafts = [quotes.LineDraft(one.id, one.dict(exclude={"id"})) for one in body.lines]
    quotes.save_lines(quote_id=quote_id, lines=drafts, actor=actor, at=clock.now())
    return _quote(actor, quote_id)


@router.post(
    "/crm/quotes/{quote_id}/accept", response={200: shapes.InvoiceOut, PROBLEMS: ProblemOut},
    operation_id="crm_quote_accept",
)  # fmt: skip
def accept_quote(request: HttpRequest, quote_id: str = ID) -> Any:
    """Note that a quote was accepted; answers its invoice."""
    made = quotes.accept_quote(quote_id=quote_id, actor=require(request, "crm:write"), at=clock.now())
    return {"id": made.id, "number": made.name, "amount": made.values.get("amount", 0)}


def _quote(actor: Actor, quote_id: str) -> dict[str, Any]:
    row = queries.quote_of(actor=actor, record_id=quote_id)
    lines = queries.lines_of(actor=actor, quote_id=quote_id)
    return {
        "id": row.id, "name": row.name, "values": dict(row.values),
        "lines": [{"id": one.id, "name": one.name, "values": dict(one.values)} for one in lines],
    }  # fmt: skip
