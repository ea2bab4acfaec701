"""Mailings: the list, one with its live figures, and what the mailer needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.marketing.compiling import Content
from fairboard.marketing.models import Delivery, Feedback, Mailing
from fairboard.marketing.models.mailings import DELIVERY_STATES, MAILING_STATES
from fairboard.marketing.rendering import Envelope, Renderer
from fairboard.safety.registry import Description

_KIND_OF = {"opens": "open", "clicks": "click", "replies": "reply"}


@dataclass(frozen=True, slots=True)
class MailingRow:
    """A mailing in the list."""

    id: str
    name: str
    topic: str
    state: str
    starts_at: datetime | None
    ended_at: datetime | None
    audience_size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VariantResult:
    """How one subject fared: mails sent, those with the event that counts, and the share, 0 to 1."""

    key: str
    subject: str
    sent: int
    events: int
    rate: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of a mailing so far. Shares are 0 to 1 of what was sent; opens and clicks None where not counted."""

    states: Mapping[str, int]
    reasons: Mapping[str, int]
    total: int
    handled: int
    bounced: int
    soft: int
    complaints: int
    unsubscribes: int
    replies: int
    opens: int | None
    clicks: int | None
    complaint_rate: float


@dataclass(frozen=True, slots=True)
class MailingPage:
    """One mailing with all it was set to and what became of it."""

    row: MailingRow
    template_id: str
    basis: str
    audience: Mapping[str, Any]
    reply_to: str
    variants: Sequence[Mapping[str, Any]]
    test_share: int
    winner_by: str
    winner: str
    decide_minutes: int
    decide_at: datetime | None
    throttle: int
    quiet_from: int | None
    quiet_to: int | None
    local_minute: int | None
    track_opens: bool
    track_clicks: bool
    paused_from: str
    problem: str
    links: Sequence[str]
    started_at: datetime | None
    figures: Figures
    results: Sequence[VariantResult]
    submission_id: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """What became of one recipient."""

    id: int
    address: str
    key: str
    state: str
    reason: str
    variant: str
    due_at: datetime
    attempts: int


@lru_cache(maxsize=1)
def schema() -> Schema:
    """What mailings can be filtered by."""
    states = tuple(Choice(key, key.replace("_", " ")) for key in MAILING_STATES)
    return Schema(
        {
            "name": Column(FieldSpec("name", "Name", "text"), "marketing_mailing.name"),
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "marketing_mailing.state"),
            "topic": Column(FieldSpec("topic", "Topic", "text"), "marketing_mailing.topic"),
            "created": Column(FieldSpec("created", "Created", "date"), day_of("marketing_mailing.created_at")),
        }
    )


@lru_cache(maxsize=1)
def delivery_schema() -> Schema:
    """What the recipients of a mailing can be filtered by."""
    states = tuple(Choice(key, key) for key in DELIVERY_STATES)
    return Schema(
        {
            "address": Column(FieldSpec("address", "Address", "text"), "marketing_delivery.address"),
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "marketing_delivery.state"),
            "reason": Column(FieldSpec("reason", "Reason", "text"), "marketing_delivery.reason"),
        }
    )


def mailings(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 30) -> Page[MailingRow]:
    """Mailings, newest first, without those that journeys send through; raises Forbidden, Invalid."""
    _may(actor)
    found = narrowed(Mailing.objects.filter(journey_mail=None, automation_mailing=None).order_by("-pk"), tree, schema())
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one) for one in rows[:size]], next_cursor=more)


def mailing_page(*, mailing_id: str, actor: Actor) -> MailingPage:
    """One mailing with its live figures; raises Forbidden, NotFound."""
    _may(actor)
    one = Mailing.objects.select_related("template").filter(public_id=mailing_id).first()
    if one is None:
        raise NotFound
    is_test = len(one.variants) > 1
    return MailingPage(
        _row(one), one.template.public_id if one.template else "", one.basis, one.audience, one.reply_to, one.variants,
        one.test_share, one.winner_by, one.winner, one.decide_minutes, one.decide_at, one.throttle, one.quiet_from,
        one.quiet_to, one.local_minute, one.track_opens, one.track_clicks, one.paused_from, one.problem, one.links,
        one.started_at, figures(one), variant_results(one.pk, one.variants, one.winner_by) if is_test else [],
        one.submission_id,
    )  # fmt: skip


def figures(one: Mailing) -> Figures:
    """What became of a mailing so far."""
    states = counts(one.pk)
    skipped = Delivery.objects.filter(mailing=one, state="skipped")
    reasons = dict(skipped.values_list("reason").annotate(Count("pk")).order_by("reason"))
    came = dict(
        Feedback.objects.filter(mailing=one)
        .values_list("kind")
        .annotate(Count("delivery", distinct=True))
        .order_by("kind")
    )
    sent, total = states.get("sent", 0), sum(states.values())
    return Figures(
        states, reasons, total, total - sum(states.get(key, 0) for key in ("queued", "waiting", "handing")),
        came.get("hard", 0), came.get("soft", 0), came.get("complaint", 0), came.get("unsubscribe", 0),
        came.get("reply", 0), came.get("open", 0) if one.track_opens else None,
        came.get("click", 0) if one.track_clicks else None, came.get("complaint", 0) / sent if sent else 0.0,
    )  # fmt: skip


def counts(mailing: int) -> dict[str, int]:
    """How many deliveries of a mailing are in each state."""
    found = Delivery.objects.filter(mailing_id=mailing).values_list("state").annotate(Count("pk")).order_by("state")
    return dict(found)


def deliveries(
    *, mailing_id: str, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 50
) -> Page[DeliveryRow]:  # fmt: skip
    """The recipients of a mailing in their order; raises Forbidden, Invalid."""
    _may(actor)
    found = narrowed(Delivery.objects.filter(mailing__public_id=mailing_id).order_by("pk"), tree, delivery_schema())
    if cursor:
        found = found.filter(pk__gt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page(
        [
            DeliveryRow(one.pk, one.address, one.key, one.state, one.reason, one.variant, one.due_at, one.attempts)
            for one in rows[:size]
        ],
        next_cursor=more,
    )


def variant_results(mailing: int, variants: Sequence[Mapping[str, Any]], by: str) -> list[VariantResult]:
    """How each subject of a mailing fares by what decides."""
    sent = dict(
        Delivery.objects.filter(mailing_id=mailing, state="sent")
        .values_list("variant")
        .annotate(Count("pk"))
        .order_by("variant")
    )
    came = dict(
        Feedback.objects.filter(mailing_id=mailing, kind=_KIND_OF[by]).values_list("delivery__variant")
        .annotate(Count("delivery", distinct=True)).order_by("delivery__variant")
    )  # fmt: skip
    return [
        VariantResult(
            one["key"], one["subject"], sent.get(one["key"], 0), came.get(one["key"], 0),
            came.get(one["key"], 0) / sent[one["key"]] if sent.get(one["key"]) else 0.0,
        )
        for one in variants
    ]  # fmt: skip


def renderer(mailing: int) -> Renderer:
    """What renders the mails of a mailing, of the content that was submitted."""
    one = Mailing.objects.get(pk=mailing)
    envelope = Envelope(one.public_id, one.topic, settings.MAILING_FROM, one.reply_to, bool(settings.RELAY_LISTEN))
    return Renderer(Content.of_json(one.content), envelope, subjects_of(one.variants))


def only_one() -> int:
    """The row of the only mailing there is, for measuring; raises DoesNotExist, MultipleObjectsReturned."""
    return Mailing.objects.get().pk


def queued(mailing: int, *, after: int, size: int) -> list[tuple[Any, ...]]:
    """What of the queue a batch holds of each delivery, in the order of their rows, for measuring."""
    columns = ("id", "digest", "address", "key", "language", "zone", "variant", "values", "attempts")
    found = Delivery.objects.filter(mailing_id=mailing, state="queued", pk__gt=after).order_by("pk")
    return list(found.values_list(*columns)[:size])


def fields(mailing: int) -> list[str]:
    """The values of a recipient a mailing uses."""
    return list(Mailing.objects.values_list("fields", flat=True).get(pk=mailing))


def subjects_of(variants: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The subject of each variant that has one of its own."""
    return {str(one["key"]): str(one["subject"]) for one in variants if one.get("subject")}


def filling() -> list[str]:
    """The mailings whose audience is being written down."""
    return list(Mailing.objects.filter(state="filling").order_by("pk").values_list("public_id", flat=True))


def is_anything_due(at: datetime) -> bool:
    """Whether any delivery of a running mailing is to go out by now."""
    running = list(Mailing.objects.filter(state="sending").values_list("pk", flat=True))
    return any(Delivery.objects.filter(mailing_id=pk, state="queued", due_at__lte=at).exists() for pk in running)


def is_anybody_waiting(mailing: int) -> bool:
    """Whether anybody's mail is still to be sent or being handed over."""
    return any(
        Delivery.objects.filter(mailing_id=mailing, state=state).exists() for state in ("queued", "waiting", "handing")
    )


def describe(mailing_id: str) -> Description | None:
    """What the desk is told of a mailing."""
    one = Mailing.objects.filter(public_id=mailing_id).first()
    if one is None:
        return None
    return Description(
        title=one.name, url=f"/marketing/mailings/{one.public_id}", state=one.state, author_id=one.created_by,
        author_name="", facts=[("Topic", one.topic), ("Basis", one.basis)],
    )  # fmt: skip


def _may(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden


def _row(one: Mailing) -> MailingRow:
    return MailingRow(
        one.public_id, one.name, one.topic, one.state, one.starts_at, one.ended_at, one.audience_size, one.created_at
    )
