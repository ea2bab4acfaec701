"""Telling webhooks: events put in their queues, each sent and signed until it arrives or is given up."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from standardwebhooks import Webhook as Signer

from fairboard.crm import events
from fairboard.crm.models import Follower, Webhook, WebhookDelivery
from fairboard.crm.queries.records import records_by_id
from fairboard.crm.queries.webhooks import allowed_kinds, fits, tellable
from fairboard.crm.sealed import Unreadable, opened
from fairboard.crm.services.webhooks import active, queue
from fairboard.kit import outgoing, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden
from fairboard.ledger.queries import event_by_number, last_event_number, settled_after
from fairboard.ledger.services import Subject, record
from fairboard.people.queries import actor_by_id

NAME = "webhooks"
WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each further try, 75 hours together: the schedule Standard Webhooks recommends."""
CLAIM = timedelta(minutes=5)
AT_ONCE, THREADS = 40, 8
KEPT = timedelta(days=30)
DISABLED_AFTER = timedelta(days=2)
NOTICE = tasks.expect("crm.webhook_notice")


def follow(*, at: datetime, size: int = 1_000) -> int:
    """Put the next events of the ledger in the queues of the webhooks; returns how many events were looked at."""
    with transaction.atomic():
        place, _new = Follower.objects.select_for_update().get_or_create(name=NAME)
        hooks = list(Webhook.objects.filter(active()).order_by("pk"))
        if not hooks:
            newest = last_event_number()
            if newest != place.event_id:
                Follower.objects.filter(pk=place.pk).update(event_id=newest)
            return 0
        owners = {one: actor_by_id(one) for one in {hook.owner_id for hook in hooks}}
        system = Actor.system(NAME)
        named = [kind for kind in allowed_kinds(system) if any(fits(kind, hook.kinds) for hook in hooks)]
        told = settled_after(place.event_id, kinds=named, size=size) if named else []
        for hook in hooks:
            owner = owners[hook.owner_id]
            if owner is None or not owner.can("crm.manage"):
                _disable(hook, "owner", at)
            else:
                queue(hook, tellable(hook, owner, told), at)
        if told:
            Follower.objects.filter(pk=place.pk).update(event_id=told[-1].number)
        return len(told)


def send_due(*, at: datetime) -> int:
    """Send what is due, several at a time; returns how many were tried."""
    claimed = _claim(at)
    if not claimed:
        return 0
    prepared = []
    for one in claimed:
        try:
            prepared.append((one, *_message(one, at)))
        except Unreadable as error:  # the key was changed: a new secret helps
            _settle(one, outgoing.Answer(0, 0, error=str(error)), at)
    private = settings.WEBHOOKS_PRIVATE
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(
            pool.map(
                lambda job: outgoing.post(job[0].webhook.url, body=job[1], headers=job[2], private=private), prepared
            )
        )
    for (one, _body, _headers), answer in zip(prepared, answers, strict=True):
        _settle(one, answer, at)
    return len(claimed)


def _claim(at: datetime) -> list[WebhookDelivery]:
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIM)
    due = WebhookDelivery.objects.filter(free, state="waiting", next_at__lte=at)
    due = due.filter(webhook__is_paused=False, webhook__disabled_at=None)
    found = []
    for one in due.select_related("webhook").order_by("next_at", "pk")[:AT_ONCE]:
        if WebhookDelivery.objects.filter(free, pk=one.pk, state="waiting").update(claimed_at=at):
            found.append(one)
    return found


def _message(one: WebhookDelivery, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body of a delivery and its headers, signed with each secret that is valid. Raises Unreadable."""
    hook = one.webhook
    body = outgoing.encoded({"type": one.kind, "timestamp": one.created_at.isoformat(), "data": _data(one)})
    valid = [opened(hook.secret)]
    if hook.old_secret and hook.old_until and at < hook.old_until:
        with suppress(Unreadable):
            valid.append(opened(hook.old_secret))
    moment = datetime.fromtimestamp(int(at.timestamp()), UTC)
    signatures = [Signer(secret).sign(f"msg_{one.public_id}", moment, body.decode()) for secret in valid]
    return body, {
        "Content-Type": "application/json", "webhook-id": f"msg_{one.public_id}",
        "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": " ".join(signatures),
    }  # fmt: skip


def _data(one: WebhookDelivery) -> dict[str, Any]:
    found: dict[str, Any] = dict(one.data)
    event = event_by_number(one.event_id) if one.event_id else None
    if event is not None:
        found |= {
            "event_id": event.id, "number": event.number, "at": event.at.isoformat(),
            "subject": {"kind": event.subject_kind, "id": event.subject_id},
            "actor": {"kind": event.actor_kind, "id": event.actor_id}, "data": event.data,
        }  # fmt: skip
    record_id = event.subject_id if event and event.subject_kind.startswith("crm.") else str(found.get("record_id", ""))
    if one.webhook.with_values and record_id:
        found["record"] = _values(one.webhook.owner_id, record_id)
    return found


def _values(owner_id: str, record_id: str) -> Mapping[str, Any] | None:
    owner = actor_by_id(owner_id)
    try:
        row = records_by_id(actor=owner, ids=[record_id]).get(record_id) if owner else None
    except Forbidden:
        row = None
    if row is None:
        return None
    return {
        "id": row.id, "type": row.type_key, "name": row.name, "owner": row.owner_id, "version": row.version,
        "values": dict(row.values),
    }  # fmt: skip


def _settle(one: WebhookDelivery, answer: outgoing.Answer, at: datetime) -> None:
    tried = {
        "at": at.isoformat(), "status": answer.status, "ms": answer.milliseconds,
        "error": answer.error or ("" if answer.is_good else answer.text[:200]),
    }  # fmt: skip
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().filter(pk=one.webhook_id).first()
        row = WebhookDelivery.objects.select_for_update().filter(pk=one.pk).first()
        if hook is None or row is None:
            return  # removed meanwhile
        row.tries, row.status, row.claimed_at = [*row.tries, tried][-20:], answer.status, None
        row.attempts += 1
        if answer.is_good:
            row.state, row.done_at = "done", at
            Webhook.objects.filter(pk=hook.pk).exclude(failing_since=None).update(failing_since=None)
        else:
            if row.attempts > len(WAITS):
                row.state = "failed"
            else:
                row.next_at = at + timedelta(seconds=WAITS[row.attempts - 1])
            if hook.failing_since is None:
                hook.failing_since = at
                hook.save(update_fields=["failing_since"])
            given_up = row.state == "failed" and at - hook.failing_since >= DISABLED_AFTER
            if answer.status == 410 or given_up:
                _disable(hook, "gone" if answer.status == 410 else "failing", at)
        row.save()


def _disable(hook: Webhook, why: str, at: datetime) -> None:
    if Webhook.objects.filter(pk=hook.pk, disabled_at=None).update(disabled_at=at):
        record(
            kind=events.WEBHOOK_DISABLED, subject=Subject("crm.webhook", hook.public_id), actor=Actor.system(NAME),
            at=at, data={"why": why},
        )  # fmt: skip
        tasks.enqueue(NOTICE, webhook_id=hook.public_id)


def notice_of(webhook_id: str) -> tuple[str, dict[str, str]]:
    """Whom to tell that a webhook was disabled, and what: a member's id and the words of the mail."""
    row = Webhook.objects.filter(public_id=webhook_id).first()
    return (row.owner_id, {"url": row.url, "label": row.label, "id": row.public_id}) if row else ("", {})


def forget(*, at: datetime) -> int:
    """Remove the log of what was delivered, or given up, more than 30 days ago."""
    return WebhookDelivery.objects.exclude(state="waiting").filter(created_at__lt=at - KEPT).delete()[0]


def is_anybody_told() -> bool:
    """Whether there is a webhook at all that is told of events."""
    return Webhook.objects.filter(active()).exists()
