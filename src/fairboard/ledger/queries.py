"""Reading the ledger: timelines, the change feed, verification."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography.x509 import Certificate
from django.conf import settings
from django.db import connection
from django.db.models import Max

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden
from fairboard.ledger import hashing, timestamps
from fairboard.ledger.kinds import all_kinds, hidden_from
from fairboard.ledger.models import Event, Seal, SealTimestamp

SKEW = timedelta(seconds=15)
"""How much earlier than its number an event's moment may be: the time a request has until it writes."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as others read it."""

    id: str
    number: int
    kind: str
    subject_kind: str
    subject_id: str
    actor_kind: str
    actor_id: str
    actor_name: str
    at: datetime
    data: dict[str, Any]
    sealed: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking the ledger found: nothing in ``faults`` means nothing was changed or removed.

    ``signed`` is how many of the timestamps were checked against the operator's certificates: all or none.
    """

    events: int
    seals: int
    unsealed: int
    timestamps: int
    signed: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StampedState:
    """How far timestamps reach: the newest one, and since when there are seals after it; None where there is none."""

    seal: int
    stamped_at: datetime | None
    behind_since: datetime | None


@lru_cache(maxsize=1)
def event_schema() -> Schema:
    """What the ledger can be filtered by; made when every room has declared its kinds."""
    kinds = tuple(Choice(kind, kind) for kind in all_kinds())
    named = (
        FieldSpec("subject_kind", "Of what kind", "text"),
        FieldSpec("subject_id", "Of which id", "text"),
        FieldSpec("actor_id", "By whom", "text"),
    )
    exact = {spec.key: Column(spec, f"ledger_event.{spec.key}", exact=True) for spec in named}
    return Schema(
        {
            "kind": Column(FieldSpec("kind", "What", "choice", choices=kinds), "ledger_event.kind"),
            **exact,
            "on": Column(FieldSpec("on", "When", "date"), day_of("ledger_event.at")),
        }
    )


def last_event_number() -> int:
    """The number of the newest event: it changes exactly when anything does."""
    newest: int | None = Event.objects.aggregate(newest=Max("id"))["newest"]
    return newest or 0


def event_by_number(number: int) -> EventRow | None:
    """One event, for the task that was told of it."""
    event = Event.objects.filter(id=number).first()
    return _row(event) if event else None


def events_by_number(numbers: Collection[int]) -> dict[int, EventRow]:
    """Those of the events that are there, by number; the caller has checked who asks."""
    return {event.id: _row(event) for event in Event.objects.filter(id__in=numbers)}


def events_after(number: int, *, kinds: Sequence[str], size: int) -> list[EventRow]:
    """The next events of these kinds after a number, for a room that follows the ledger."""
    return [_row(event) for event in Event.objects.filter(id__gt=number, kind__in=kinds).order_by("id")[:size]]


def settled_after(
    number: int, *, kinds: Sequence[str] = (), subject_kinds: Sequence[str] = (), size: int = 500
) -> list[EventRow]:
    """The next events after a number that no event with a lower number can still come before.

    On PostgreSQL numbers are given before transactions commit. While others write, the list ends before the first event
    that is not older than the oldest of their transactions by `SKEW`, so that who goes on from the last number misses
    nothing. On SQLite one transaction writes at a time.
    """
    newest, oldest = last_event_number(), _oldest_writer()  # in this order: what ends in between is seen below
    found = Event.objects.filter(id__gt=number, id__lte=newest)
    if kinds:
        found = found.filter(kind__in=kinds)
    if subject_kinds:
        found = found.filter(subject_kind__in=subject_kinds)
    rows = list(found.order_by("id")[:size])
    if oldest is not None and rows:
        young = Event.objects.filter(id__gt=number, id__lte=rows[-1].id, at__gte=oldest - SKEW)
        first = young.order_by("id").values_list("id", flat=True).first()
        rows = [row for row in rows if first is None or row.id < first]
    return [_row(event) for event in rows]


def _oldest_writer() -> datetime | None:
    """When the oldest transaction of others began that has written and is not committed; None where there is none."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        found: datetime | None = cursor.fetchone()[0]
    return found


def events_about(subject_kind: str, *, kind: str, size: int) -> list[EventRow]:
    """The newest events of a kind about subjects of a kind; the caller has checked who asks."""
    found = Event.objects.filter(kind=kind, subject_kind=subject_kind).order_by("-id")[:size]
    return [_row(event) for event in found]


def last_acts(actor_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of these actors did something last."""
    found = {}
    for one in actor_ids:
        at = Event.objects.filter(actor_id=one).order_by("-id").values_list("at", flat=True).first()
        if at is not None:
            found[one] = at
    return found


def acts_of(actor_id: str, *, size: int = 10_000) -> list[EventRow]:
    """What somebody did, the newest first, for the copy of their own data; nothing that is hidden from members."""
    found = Event.objects.filter(actor_id=actor_id).exclude(kind__in=hidden_from(ANONYMOUS)).order_by("-id")[:size]
    return [_row(event) for event in found]


def events_of_kind(kind: str) -> Iterator[EventRow]:
    """Every event of a kind, the oldest first, for a room that compares its own rows with them."""
    return (_row(event) for event in Event.objects.filter(kind=kind).order_by("id").iterator())


def timeline(
    *, actor: Actor, subject_kind: str = "", subject_id: str = "", tree: Node | None = None, cursor: str = "",
    size: int = 50,
) -> Page[EventRow]:  # fmt: skip
    """Events of a filter, newest first, of one subject or of everything; raises Forbidden without ``ledger.view``."""
    if not actor.can("ledger.view"):
        raise Forbidden
    events = narrowed(Event.objects.order_by("-id"), tree, event_schema())
    if hidden := hidden_from(actor):
        events = events.exclude(kind__in=hidden)
    if subject_kind:
        events = events.filter(subject_kind=subject_kind)
    if subject_id:
        events = events.filter(subject_id=subject_id)
    if cursor:
        (before,) = decode_cursor(cursor, [int])
        events = events.filter(id__lt=before)
    rows = [_row(event) for event in events[: size + 1]]
    more = encode_cursor(rows[size - 1].number) if len(rows) > size else ""
    return Page(rows[:size], next_cursor=more)


def verify() -> Verification:
    """Recompute every digest, tree and link; a changed, added or missing event is named, and a wrong timestamp."""
    faults: list[str] = []
    events = unsealed = stamped = signed = 0
    try:
        certificates = timestamps.trusted(settings.TIMESTAMP_CERTIFICATES)
    except timestamps.NotStamped as error:
        certificates = []
        faults.append(str(error))
    previous = hashing.EMPTY_ROOT
    expected = 1
    for seal in Seal.objects.select_related("timestamp").order_by("number").iterator():
        if seal.number != expected:
            faults.append(f"seal {expected} is missing")
            expected = seal.number
        expected += 1
        digests = []
        for event in Event.objects.filter(seal=seal).order_by("id").iterator():
            events += 1
            digests.append(event.digest)
            faults += _event_faults(event)
        if len(digests) != seal.count:
            faults.append(f"seal {seal.number} covers {seal.count} events, {len(digests)} are here")
        elif hashing.merkle_root(digests) != seal.root:
            faults.append(f"the events of seal {seal.number} are not the ones that were sealed")
        if seal.previous != previous:
            faults.append(f"seal {seal.number} does not follow the seal before it")
        if hashing.seal_digest(seal.number, seal.count, seal.root, seal.previous) != seal.digest:
            faults.append(f"seal {seal.number} was altered")
        if hasattr(seal, "timestamp"):
            stamped += 1
            signed += bool(certificates)
            faults += _timestamp_faults(seal, certificates)
        previous = seal.digest
    for event in Event.objects.filter(seal=None).order_by("id").iterator():
        events += 1
        unsealed += 1
        faults += _event_faults(event)
    return Verification(events, expected - 1, unsealed, stamped, signed, tuple(faults))


def stamped_state() -> StampedState:
    """How far the timestamps of the authority reach, for the doctor."""
    newest = SealTimestamp.objects.select_related("seal").order_by("-seal__number").first()
    number = newest.seal.number if newest else 0
    first = Seal.objects.filter(number__gt=number).order_by("number").first()
    return StampedState(number, newest.stamped_at if newest else None, first.at if first else None)


def _timestamp_faults(seal: Seal, certificates: Sequence[Certificate]) -> Iterator[str]:
    try:
        found = timestamps.check(bytes(seal.timestamp.answer), seal.digest, certificates)
    except timestamps.NotStamped as error:
        yield f"the timestamp of seal {seal.number} does not fit: {error}"
        return
    if found.at != seal.timestamp.stamped_at:
        yield f"the timestamp of seal {seal.number} does not say what is noted beside it"


def _event_faults(event: Event) -> Iterator[str]:
    if digest_of(event) != event.digest:
        yield f"event {event.id} ({event.kind}, {event.public_id}) was altered"


def digest_of(event: Event) -> str:
    """The digest the event's present content gives."""
    return hashing.event_digest(
        public_id=event.public_id, kind=event.kind, subject_kind=event.subject_kind,
        subject_id=event.subject_id, actor_kind=event.actor_kind, actor_id=event.actor_id,
        actor_name=event.actor_name, at=event.at, data=event.data,
    )  # fmt: skip


def _row(event: Event) -> EventRow:
    return EventRow(
        event.public_id, event.id, event.kind, event.subject_kind, event.subject_id, event.actor_kind,
        event.actor_id, event.actor_name, event.at, event.data, event.seal_id is not None,
    )  # fmt: skip


def events_between(
    *, kinds: Sequence[str], start: datetime | None = None, end: datetime | None = None, subject_kind: str = "",
    subject_id: str = "",
) -> Iterator[EventRow]:  # fmt: skip
    """Events of these kinds from ``start`` on and before ``end``, oldest first; the caller has checked who asks."""
    found = Event.objects.filter(kind__in=kinds)
    if start:
        found = found.filter(at__gte=start)
    if end:
        found = found.filter(at__lt=end)
    if subject_kind:
        found = found.filter(subject_kind=subject_kind, subject_id=subject_id)
    for event in found.order_by("id").iterator(chunk_size=2_000):
        yield _row(event)
