"""Reading webhooks: which there are, what they may be told, what became of each delivery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Webhook, WebhookDelivery
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.feed import visible_ids
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.ledger.kinds import all_kinds, hidden_from
from fairboard.ledger.queries import EventRow

OPEN = ("crm.", "market.", "marketing.", "talk.")
"""Beginnings of kinds for owners who may not read the ledger itself."""
NEVER = ("crm.webhook.",)


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook without its secret."""

    id: str
    url: str
    label: str
    kinds: tuple[str, ...]
    types: tuple[str, ...]
    with_values: bool
    owner_id: str
    is_paused: bool
    failing_since: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery and its tries."""

    id: str
    kind: str
    event: int
    state: str
    attempts: int
    status: int
    next_at: datetime
    created_at: datetime
    done_at: datetime | None
    tries: tuple[Mapping[str, Any], ...]


def check(actor: Actor) -> None:
    """Raise Forbidden for who may not manage webhooks."""
    if not actor.can("crm.manage"):
        raise Forbidden


def allowed_kinds(actor: Actor) -> dict[str, str]:
    """The kinds of event an actor may have sent somewhere, with a sentence each."""
    hidden = set(hidden_from(actor))
    sees_all = actor.can("ledger.view")
    return {
        kind: sentence for kind, sentence in all_kinds().items()
        if kind not in hidden and not kind.startswith(NEVER) and (sees_all or kind.startswith(OPEN))
    }  # fmt: skip


def fits(kind: str, patterns: Collection[str]) -> bool:
    """Whether a kind is among those a webhook names."""
    return any(kind == one or (one.endswith("*") and kind.startswith(one[:-1])) for one in patterns)


def tellable(hook: Webhook, actor: Actor, told: Sequence[EventRow]) -> list[EventRow]:
    """Those of the events a webhook is told of: named by it, and nothing its owner may not know."""
    allowed = allowed_kinds(actor)
    found = [one for one in told if one.number > hook.from_event and one.kind in allowed and fits(one.kind, hook.kinds)]
    about: dict[str, set[str]] = {}
    for one in found:
        if one.subject_kind.startswith("crm.") and one.kind.startswith("crm.record."):
            about.setdefault(one.subject_kind[4:], set()).add(one.subject_id)
    if not about:
        return found
    try:
        seat = seat_of(actor)
    except Forbidden:
        return [one for one in found if not one.kind.startswith("crm.record.")]
    known = catalogue().types
    seen = {
        key: visible_ids(seat, known[key], ids) for key, ids in about.items()
        if key in known and seat.on(key).read != "none" and (not hook.types or key in hook.types)
    }  # fmt: skip
    return [
        one for one in found
        if not one.kind.startswith("crm.record.") or one.subject_id in seen.get(one.subject_kind[4:], ())
    ]  # fmt: skip


def webhooks(*, actor: Actor) -> list[WebhookRow]:
    """Every webhook; raises Forbidden."""
    check(actor)
    waiting: dict[int, int] = {}
    for pk in WebhookDelivery.objects.filter(state="waiting").values_list("webhook_id", flat=True)[:10_000]:
        waiting[pk] = waiting.get(pk, 0) + 1
    return [_row(one, waiting.get(one.pk, 0)) for one in Webhook.objects.order_by("pk")]


def webhook(*, actor: Actor, webhook_id: str) -> WebhookRow:
    """One webhook; raises Forbidden, NotFound."""
    check(actor)
    row = Webhook.objects.filter(public_id=webhook_id).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return _row(row, row.deliveries.filter(state="waiting").count())


def deliveries(
    *, actor: Actor, webhook_id: str, state: str = "", cursor: str = "", size: int = 50
) -> Page[DeliveryRow]:
    """The log of a webhook, newest first; raises Forbidden, NotFound."""
    webhook(actor=actor, webhook_id=webhook_id)
    found = WebhookDelivery.objects.filter(webhook__public_id=webhook_id).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_delivery(one) for one in rows[:size]], next_cursor=more)


def _row(one: Webhook, waiting: int) -> WebhookRow:
    return WebhookRow(
        one.public_id, one.url, one.label, tuple(one.kinds), tuple(one.types), one.with_values, one.owner_id,
        one.is_paused, one.failing_since, one.disabled_at, one.created_at, waiting,
    )  # fmt: skip


def _delivery(one: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        one.public_id, one.kind, one.event_id, one.state, one.attempts, one.status, one.next_at, one.created_at,
        one.done_at, tuple(one.tries),
    )  # fmt: skip
