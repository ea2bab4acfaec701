"""Webhooks: made, changed, told again."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Webhook, WebhookDelivery
from fairboard.crm.queries.webhooks import allowed_kinds, check, fits, tellable
from fairboard.crm.sealed import sealed
from fairboard.kit import outgoing
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound
from fairboard.ledger.queries import EventRow, events_between, last_event_number
from fairboard.ledger.services import Subject, record

OLD_SECRET = timedelta(hours=24)
"""How long messages are signed with the former secret as well, after it was changed."""
MOST_REPLAYED = 10_000


def create(
    *, url: str, kinds: Sequence[str], actor: Actor, at: datetime, types: Sequence[str] = (), label: str = "",
    with_values: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """Make a webhook; returns its id and its secret, which is never shown again. Raises Forbidden, Invalid."""
    check(actor)
    chosen = _checked(actor, url, kinds, types)
    secret = _secret()
    with transaction.atomic():
        row = Webhook.objects.create(
            url=url.strip(), label=label.replace("\x00", "").strip()[:80], kinds=chosen, types=list(types),
            secret=sealed(secret), with_values=with_values, owner_id=actor.id,
            from_event=last_event_number(), created_at=at,
        )  # fmt: skip
        _tell(row, "created", actor, at)
    return row.public_id, secret


def change(
    *, webhook_id: str, actor: Actor, at: datetime, url: str | None = None, kinds: Sequence[str] | None = None,
    types: Sequence[str] | None = None, label: str | None = None, with_values: bool | None = None,
    is_paused: bool | None = None,
) -> None:  # fmt: skip
    """Change what is given. Taking the pause off, or saving a disabled one, lets it begin anew. Raises Invalid."""
    with transaction.atomic():
        row = _own(webhook_id, actor)
        row.url = (row.url if url is None else url).strip()
        row.types = list(row.types if types is None else types)
        row.kinds = _checked(actor, row.url, row.kinds if kinds is None else kinds, row.types)
        row.label = row.label if label is None else label.replace("\x00", "").strip()[:80]
        row.with_values = row.with_values if with_values is None else with_values
        if is_paused is not None:
            if row.is_paused and not is_paused:
                row.from_event = last_event_number()
            row.is_paused = is_paused
        if not row.is_paused:
            row.disabled_at = row.failing_since = None
        row.owner_id = actor.id
        row.save()
        _tell(row, "paused" if is_paused else "resumed" if is_paused is False else "changed", actor, at)


def rotate(*, webhook_id: str, actor: Actor, at: datetime) -> str:
    """Give a webhook another secret, shown once; messages bear both signatures for a day."""
    with transaction.atomic():
        row = _own(webhook_id, actor)
        secret = _secret()
        row.old_secret, row.old_until, row.secret = row.secret, at + OLD_SECRET, sealed(secret)
        row.save(update_fields=["secret", "old_secret", "old_until"])
        _tell(row, "secret", actor, at)
        return secret


def remove(*, webhook_id: str, actor: Actor, at: datetime) -> None:
    """Remove a webhook with its log."""
    with transaction.atomic():
        row = _own(webhook_id, actor)
        _tell(row, "removed", actor, at)
        row.delete()


def replay(*, delivery_id: str, actor: Actor, at: datetime) -> None:
    """Send one delivery again, under the same id; raises NotFound."""
    check(actor)
    found = WebhookDelivery.objects.filter(public_id=delivery_id)
    if not found.update(state="waiting", attempts=0, next_at=at, claimed_at=None, done_at=None):
        raise NotFound(_("There is no such delivery."))


def replay_range(*, webhook_id: str, start: datetime, end: datetime, actor: Actor, at: datetime) -> int:
    """Send again what happened from ``start`` on and before ``end``, sent before or not; returns how many."""
    with transaction.atomic():
        row = _own(webhook_id, actor)
        if start >= end:
            raise Invalid(_("The end lies before the start."), field="end")
        named = [kind for kind in allowed_kinds(actor) if fits(kind, row.kinds)]
        told = []
        for one in events_between(kinds=named, start=start, end=end):
            told.append(one)
            if len(told) > MOST_REPLAYED:
                raise Invalid(_("That is more than %(n)d events. Choose less.") % {"n": MOST_REPLAYED}, field="end")
        row.from_event = 0  # only for choosing: what is asked for by name may be old
        chosen = tellable(row, actor, told)
        queue(row, chosen, at)
        keys = [_key(one) for one in chosen]
        for first in range(0, len(keys), 500):
            WebhookDelivery.objects.filter(webhook=row, key__in=keys[first : first + 500]).update(
                state="waiting", attempts=0, next_at=at, claimed_at=None, done_at=None
            )
        return len(chosen)


def queue(row: Webhook, told: Sequence[EventRow], at: datetime) -> int:
    """Put events in the queue of a webhook, each once; returns how many were chosen."""
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                webhook=row, key=_key(one), kind=one.kind, event_id=one.number, next_at=at, created_at=at
            )
            for one in told
        ],
        ignore_conflicts=True, batch_size=500,
    )  # fmt: skip
    return len(told)


def queue_own(*, webhook_id: str, key: str, kind: str, data: Mapping[str, object], at: datetime) -> None:
    """Put something else than an event in the queue, such as what an automation says; once for a key.

    Raises NotFound, Invalid for a webhook that is paused or disabled.
    """
    row = Webhook.objects.filter(public_id=webhook_id).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    if row.is_paused or row.disabled_at:
        raise Invalid(_("This webhook is paused."), field="webhook")
    WebhookDelivery.objects.get_or_create(
        webhook=row, key=key[:80], defaults={"kind": kind, "data": dict(data), "next_at": at, "created_at": at}
    )


def ping(*, webhook_id: str, actor: Actor, at: datetime) -> None:
    """Send a first message, to try the address; raises NotFound, Invalid."""
    with transaction.atomic():
        _own(webhook_id, actor)
        queue_own(webhook_id=webhook_id, key=f"ping:{at.timestamp()}", kind="webhook.ping", data={}, at=at)


def active() -> Q:
    """The condition of webhooks that are told of events."""
    return Q(is_paused=False, disabled_at=None)


def _key(one: EventRow) -> str:
    return f"event:{one.number}"


def _own(webhook_id: str, actor: Actor) -> Webhook:
    check(actor)
    row = Webhook.objects.select_for_update().filter(public_id=webhook_id).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return row


def _checked(actor: Actor, url: str, kinds: Sequence[str], types: Sequence[str]) -> list[str]:
    outgoing.check_address(url.strip(), private=settings.WEBHOOKS_PRIVATE)
    chosen = list(dict.fromkeys(one.strip() for one in kinds if one.strip()))
    allowed = allowed_kinds(actor)
    for one in chosen:
        if not any(fits(kind, [one]) for kind in allowed):
            raise Invalid(_("There is no event kind %(kind)s.") % {"kind": one}, field="kinds")
    if not 0 < len(chosen) <= 100:
        raise Invalid(_("Choose 1 to 100 kinds of event."), field="kinds")
    for key in types:
        if key not in catalogue().types:
            raise Invalid(_("There is no object type %(key)s.") % {"key": key}, field="types")
    return chosen


def _secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _tell(row: Webhook, act: str, actor: Actor, at: datetime) -> None:
    record(kind=events.WEBHOOK, subject=Subject("crm.webhook", row.public_id), actor=actor, at=at, data={"act": act})
