"""Webhooks over the API."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from fairboard.crm.queries import webhooks as asked
from fairboard.crm.services import webhooks as acts
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, BodySchema, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
Kinds = list[Annotated[str, Field(max_length=60)]]
SCOPE = "crm:manage"


class WebhookIn(BodySchema):
    """A webhook to be made. ``kinds`` are event kinds, or beginnings that end in ``*``; ``types`` are object types."""

    url: Annotated[str, Field(max_length=500)]
    kinds: Kinds
    types: list[Annotated[str, Field(max_length=40)]] = []
    label: Annotated[str, Field(max_length=80)] = ""
    with_values: bool = False


class WebhookChange(BodySchema):
    """What is to change; what is missing stays."""

    url: Annotated[str, Field(max_length=500)] | None = None
    kinds: Kinds | None = None
    types: list[Annotated[str, Field(max_length=40)]] | None = None
    label: Annotated[str, Field(max_length=80)] | None = None
    with_values: bool | None = None
    is_paused: bool | None = None


class RangeIn(BodySchema):
    """From a moment on and before another."""

    start: datetime
    end: datetime


class WebhookOut(Schema):
    """A webhook; its secret is never shown again."""

    id: str
    url: str
    label: str
    kinds: list[str]
    types: list[str]
    with_values: bool
    owner_id: str
    is_paused: bool
    failing_since: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    waiting: int


class NewWebhookOut(WebhookOut):
    """A webhook just made, or given another secret. ``secret`` is shown this once."""

    secret: str


class TryOut(Schema):
    """One try: ``status`` 0 where no answer came."""

    at: datetime
    status: int
    ms: int
    error: str


class WebhookDeliveryOut(Schema):
    """A delivery: waiting, done or failed. ``webhook-id`` is ``msg_`` and its id."""

    id: str
    kind: str
    event: int
    state: str
    attempts: int
    status: int
    next_at: datetime
    created_at: datetime
    done_at: datetime | None
    tries: list[TryOut]


class DeliveryPage(Schema):
    """A page of the log."""

    items: list[WebhookDeliveryOut]
    next_cursor: str


class ReplayOut(Schema):
    """How many events are sent again."""

    events: int


class KindOut(Schema):
    """A kind of event."""

    kind: str
    text: str


def _shown(request: HttpRequest, webhook_id: str) -> dict[str, Any]:
    row = asked.webhook(actor=require(request, SCOPE), webhook_id=webhook_id)
    return {name: getattr(row, name) for name in WebhookOut.model_fields}


@router.get("/crm/event-kinds", response={200: list[KindOut], PROBLEMS: ProblemOut}, operation_id="event_kinds")
def get_kinds(request: HttpRequest) -> Any:
    """The kinds of event the caller may have sent to a webhook."""
    actor = require(request, SCOPE)
    return [{"kind": kind, "text": text} for kind, text in asked.allowed_kinds(actor).items()]


@router.get("/crm/webhooks", response={200: list[WebhookOut], PROBLEMS: ProblemOut}, operation_id="webhooks")
def get_webhooks(request: HttpRequest) -> Any:
    """Every webhook."""
    return asked.webhooks(actor=require(request, SCOPE))


@router.post("/crm/webhooks", response={201: NewWebhookOut, PROBLEMS: ProblemOut}, operation_id="webhook_create")
def post_webhook(request: HttpRequest, body: WebhookIn) -> Any:
    """Make a webhook. Messages are signed as Standard Webhooks says."""
    actor = require(request, SCOPE)
    made, secret = acts.create(**body.dict(), actor=actor, at=clock.now())
    return Status(201, {**_shown(request, made), "secret": secret})


@router.get("/crm/webhooks/{webhook_id}", response={200: WebhookOut, PROBLEMS: ProblemOut}, operation_id="webhook")
def get_webhook(request: HttpRequest, webhook_id: str = ID) -> Any:
    """One webhook."""
    return _shown(request, webhook_id)


@router.patch(
    "/crm/webhooks/{webhook_id}", response={200: WebhookOut, PROBLEMS: ProblemOut}, operation_id="webhook_change"
)
def patch_webhook(request: HttpRequest, body: WebhookChange, webhook_id: str = ID) -> Any:
    """Change, pause or resume a webhook."""
    actor = require(request, SCOPE)
    acts.change(webhook_id=webhook_id, actor=actor, at=clock.now(), **body.dict(exclude_none=True))
    return _shown(request, webhook_id)


@router.delete("/crm/webhooks/{webhook_id}", response={204: None, PROBLEMS: ProblemOut}, operation_id="webhook_remove")
def delete_webhook(request: HttpRequest, webhook_id: str = ID) -> Any:
    """Remove a webhook and its log."""
    acts.remove(webhook_id=webhook_id, actor=require(request, SCOPE), at=clock.now())
    return Status(204, None)


@router.post(
    "/crm/webhooks/{webhook_id}/secret", response={200: NewWebhookOut, PROBLEMS: ProblemOut},
    operation_id="webhook_secret",
)  # fmt: skip
def post_secret(request: HttpRequest, webhook_id: str = ID) -> Any:
    """Give a webhook another secret; the former one is valid for a day."""
    secret = acts.rotate(webhook_id=webhook_id, actor=require(request, SCOPE), at=clock.now())
    return {**_shown(request, webhook_id), "secret": secret}


@router.post("/crm/webhooks/{webhook_id}/ping", response={204: None, PROBLEMS: ProblemOut}, operation_id="webhook_ping")
def post_ping(request: HttpRequest, webhook_id: str = ID) -> Any:
    """Send a first message to try the address."""
    acts.ping(webhook_id=webhook_id, actor=require(request, SCOPE), at=clock.now())
    return Status(204, None)


@router.post(
    "/crm/webhooks/{webhook_id}/replay", response={200: ReplayOut, PROBLEMS: ProblemOut}, operation_id="webhook_replay"
)
def post_replay(request: HttpRequest, body: RangeIn, webhook_id: str = ID) -> Any:
    """Send again what happened in a range of time."""
    count = acts.replay_range(
        webhook_id=webhook_id, start=_aware(body.start), end=_aware(body.end), actor=require(request, SCOPE),
        at=clock.now(),
    )  # fmt: skip
    return {"events": count}


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.now().tzinfo)


@router.get(
    "/crm/webhooks/{webhook_id}/deliveries", response={200: DeliveryPage, PROBLEMS: ProblemOut},
    operation_id="webhook_deliveries",
)  # fmt: skip
def get_deliveries(
    request: HttpRequest, webhook_id: str = ID, state: Literal["", "waiting", "done", "failed"] = "",
    cursor: str = Query("", max_length=400),
) -> Any:  # fmt: skip
    """The log of a webhook, newest first."""
    page = asked.deliveries(actor=require(request, SCOPE), webhook_id=webhook_id, state=state, cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post(
    "/crm/deliveries/{delivery_id}/replay", response={204: None, PROBLEMS: ProblemOut}, operation_id="delivery_replay"
)
def post_delivery(request: HttpRequest, delivery_id: str = ID) -> Any:
    """Send one delivery again."""
    acts.replay(delivery_id=delivery_id, actor=require(request, SCOPE), at=clock.now())
    return Status(204, None)
