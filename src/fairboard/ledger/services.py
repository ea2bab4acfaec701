"""Writing the ledger: an event in the transaction of its change, seals over batches of events, and their timestamps."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from fairboard.kit import bulk, ids
from fairboard.kit.actors import Actor
from fairboard.ledger import hashing, kinds, outbox, timestamps
from fairboard.ledger.models import Delivery, Event, Seal, SealTimestamp

SEAL_BATCH = 5_000
_ENCODER = DjangoJSONEncoder()


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: a kind such as ``ad`` and its public id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to be recorded, for bulk work."""

    kind: str
    subject: Subject
    data: dict[str, Any]


def record(*, kind: str, subject: Subject, actor: Actor, at: datetime, data: dict[str, Any] | None = None) -> int:
    """Write one event into the running transaction and return its number.

    Raises RuntimeError outside a transaction, LookupError for a kind nobody declared: both are
    mistakes in the code, not of a user.
    """
    return record_many(entries=[Entry(kind, subject, data or {})], actor=actor, at=at)[-1]


def record_many(*, entries: Sequence[Entry], actor: Actor, at: datetime) -> list[int]:
    """Write many events of one actor at one moment; returns their numbers in order."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event belongs to the transaction of its change; there is none here.")
    events = [_event(entry, actor, at) for entry in entries]
    bulk.insert(events)
    numbers = [event.id for event in events]
    deliveries = [
        Delivery(event_id=event.id, task=task, created_at=at)
        for event in events
        for task in outbox.subscribers(event.kind)
    ]
    if deliveries:
        bulk.insert(deliveries)
        outbox.wake()
    return numbers


def _event(entry: Entry, actor: Actor, at: datetime) -> Event:
    if not kinds.is_declared(entry.kind):
        raise LookupError(f"The event kind {entry.kind!r} is not declared in any room.")
    # What is hashed must be what the database gives back: round-trip the data through JSON first.
    data = json.loads(_ENCODER.encode(entry.data))
    public_id = ids.new_id()
    digest = hashing.event_digest(
        public_id=public_id, kind=entry.kind, subject_kind=entry.subject.kind, subject_id=entry.subject.id,
        actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name[:80], at=at, data=data,
    )  # fmt: skip
    return Event(
        public_id=public_id, kind=entry.kind, subject_kind=entry.subject.kind, subject_id=entry.subject.id,
        actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name[:80], at=at, data=data, digest=digest,
    )  # fmt: skip


def seal_events(*, at: datetime) -> int:
    """Seal all events not sealed yet, in batches; returns how many were sealed.

    Events are chosen by having no seal, not by number: on PostgreSQL a lower number can be committed
    after a higher one.
    """
    sealed = 0
    while batch := _seal_batch(at):
        sealed += batch
    return sealed


def _seal_batch(at: datetime) -> int:
    with transaction.atomic():
        last = Seal.objects.select_for_update().order_by("-number").first()
        events = list(Event.objects.filter(seal=None).order_by("id").values_list("id", "digest")[:SEAL_BATCH])
        if not events:
            return 0
        number = last.number + 1 if last else 1
        previous = last.digest if last else hashing.EMPTY_ROOT
        root = hashing.merkle_root([digest for _, digest in events])
        seal = Seal.objects.create(
            number=number, count=len(events), root=root, previous=previous, at=at,
            digest=hashing.seal_digest(number, len(events), root, previous),
        )  # fmt: skip
        for chunk in _chunks([number for number, _ in events], 500):
            Event.objects.filter(id__in=chunk, seal=None).update(seal=seal)
        return len(events)


def _chunks(numbers: list[int], size: int) -> Iterable[list[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def stamp_newest(*, at: datetime) -> bool:
    """Have the time-stamp authority sign the newest seal, unless it did; returns whether it did now.

    One token over the newest seal is enough: the seals are chained, so it covers every event sealed before. Nothing
    waits for it; raises `timestamps.NotStamped` where the authority gave no token that holds, and run again it asks
    again.
    """
    seal = Seal.objects.select_related("timestamp").order_by("-number").first()
    if not settings.TIMESTAMP_URL or seal is None or hasattr(seal, "timestamp"):
        return False
    stamp = timestamps.ask(
        settings.TIMESTAMP_URL, hashing.seal_text(seal.number, seal.count, seal.root, seal.previous),
        timestamps.trusted(settings.TIMESTAMP_CERTIFICATES),
    )  # fmt: skip
    SealTimestamp.objects.get_or_create(  # another worker may have been faster: the first one stays
        seal=seal,
        defaults={
            "answer": stamp.answer, "stamped_at": stamp.at, "authority": settings.TIMESTAMP_URL[:300], "at": at,
        },
    )  # fmt: skip
    return True
