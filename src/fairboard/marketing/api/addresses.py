"""Topics, consents, suppressions, and what a provider says came back."""

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.lists import LONGEST_FILTER, read_filter
from fairboard.kit.problems import NotFound, SignInNeeded
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas
from fairboard.marketing.queries import consents as consent_queries
from fairboard.marketing.queries import deliverability
from fairboard.marketing.queries import suppressions as queries
from fairboard.marketing.services import consents, feedback, suppressions
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
FILTER = Query("", max_length=LONGEST_FILTER, description="A filter tree as JSON.")


@router.get("/marketing/topics", response={200: list[schemas.TopicOut], PROBLEMS: ProblemOut})
def list_topics(request: HttpRequest) -> Any:
    """The topics and the words one agrees to."""
    require(request, "marketing:read")
    return consent_queries.topics(archived=True)


@router.put("/marketing/topics/{topic}", response={204: None, PROBLEMS: ProblemOut})
def put_topic(request: HttpRequest, given: schemas.TopicIn, topic: str = Path(..., max_length=39)) -> Any:
    """Make or change a topic; another wording gets the next version."""
    actor = require(request, "marketing:send")
    consents.save_topic(key=topic, **given.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/marketing/consents", response={200: schemas.ConsentList, PROBLEMS: ProblemOut})
def list_consents(
    request: HttpRequest, address: str = Query("", max_length=254), filter: str = FILTER,
    cursor: str = Query("", max_length=400),
) -> Any:  # fmt: skip
    """Every change of a consent, newest first; of one address where asked for."""
    actor = require(request, "marketing:read")
    tree = read_filter(filter, consent_queries.schema())
    page = consent_queries.history(actor=actor, tree=tree, address=address, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/marketing/consents", response={204: None, PROBLEMS: ProblemOut})
def note_consent(request: HttpRequest, consent: schemas.ConsentIn) -> Any:
    """Write down what somebody told the staff."""
    actor = require(request, "marketing:write")
    consents.note_consent(**consent.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/marketing/suppressions", response={200: schemas.SuppressionList, PROBLEMS: ProblemOut})
def list_suppressions(
    request: HttpRequest, address: str = Query("", max_length=254), filter: str = FILTER,
    cursor: str = Query("", max_length=400),
) -> Any:  # fmt: skip
    """The suppression list, newest first; the reasons of one address where asked for."""
    actor = require(request, "marketing:read")
    page = queries.suppressions(actor=actor, tree=read_filter(filter, queries.schema()), address=address, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/marketing/suppressions", response={204: None, PROBLEMS: ProblemOut})
def suppress(request: HttpRequest, given: schemas.SuppressIn) -> Any:
    """Put an address on the list."""
    actor = require(request, "marketing:write")
    suppressions.suppress_address(address=given.address, detail=given.detail, actor=actor, at=clock.now())
    return Status(204, None)


@router.post("/marketing/suppressions/import", response={200: schemas.MailingImportedOut, PROBLEMS: ProblemOut})
def bring_in(request: HttpRequest, given: schemas.MailingLinesIn) -> Any:
    """Bring in a list of addresses or exported keyed hashes."""
    actor = require(request, "marketing:send")
    return suppressions.bring_in(lines=given.lines, source=given.source, actor=actor, at=clock.now())


@router.delete("/marketing/suppressions/{suppression_id}", response={204: None, PROBLEMS: ProblemOut})
def lift(request: HttpRequest, suppression_id: str = ID, why: str = Query(..., max_length=200)) -> Any:
    """Take one reason off the list; not of who unsubscribed or complained."""
    actor = require(request, "marketing:send")
    suppressions.lift(suppression_id=suppression_id, why=why, actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/marketing/deliverability", response={200: schemas.HealthOut, PROBLEMS: ProblemOut})
def health(request: HttpRequest) -> Any:
    """Bounces and complaints of the last 30 days; ``is_well`` below 0.3 percent of complaints."""
    return deliverability.health(actor=require(request, "marketing:read"), at=clock.now())


@router.post("/marketing/feedback", response={200: schemas.MailingCountOut, PROBLEMS: ProblemOut})
def take_feedback(request: HttpRequest, given: schemas.ProviderIn) -> Any:
    """A mail provider's webhook: bounces and complaints, with the shared secret in ``X-Webhook-Secret``."""
    secret = settings.MAILING_WEBHOOK_SECRET
    if not secret:
        raise NotFound
    if not hmac.compare_digest(request.headers.get("X-Webhook-Secret", "").encode(), secret.encode()):
        raise SignInNeeded
    return {"count": feedback.take_provider(events_given=list(given.events), at=clock.now())}
