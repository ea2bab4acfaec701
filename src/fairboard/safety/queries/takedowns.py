"""Requests to take down intimate images, and the hashes of what was taken down."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.safety import registry, sealing
from fairboard.safety.models import Submission, Takedown, TakedownHash
from fairboard.safety.queries.access import may_see

PURPOSE = "takedown"
DISTANCE = 31
"""At most so many of 256 bits differ between two PDQ hashes of the same picture (ThreatExchange's default)."""
QUALITY = 50
"""A PDQ hash of a lower quality matches nothing: flat pictures resemble each other."""


@dataclass(frozen=True, slots=True)
class TakedownRow:
    """A request in the list."""

    id: str
    state: str
    location: str
    subject_kind: str
    subject_id: str
    is_forgery: bool
    is_child: bool
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    is_late: bool
    copies: int


@dataclass(frozen=True, slots=True)
class TakedownPage:
    """One request with who asked; ``photos`` are the SHA-256 of the located ad's newest version."""

    row: TakedownRow
    details: dict[str, str]
    is_agent: bool
    missing: tuple[str, ...]
    answer: str
    title: str
    url: str
    photos: tuple[str, ...]
    thumbnails: tuple[str, ...]
    earlier_invalid: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a request stands, for whoever holds its receipt: nothing that says who asked or for what."""

    id: str
    state: str
    received_at: datetime
    due_at: datetime
    decided_at: datetime | None
    missing: tuple[str, ...]
    copies: int


@lru_cache(maxsize=1)
def takedown_schema() -> Schema:
    """What the list can be filtered by."""
    states = (Choice("received", "Received"), Choice("removed", "Removed"), Choice("invalid", "Not valid"))
    return Schema(
        {
            "state": Column(FieldSpec("state", "State", "choice", choices=states), "safety_takedown.state"),
            "received": Column(FieldSpec("received", "Received", "date"), day_of("safety_takedown.received_at")),
        }
    )


def visible_takedowns(actor: Actor) -> "QuerySet[Takedown]":
    """The requests somebody of the desk may see; those about a child with that permission only."""
    if not actor.can("desk.decide"):
        return Takedown.objects.none()
    return Takedown.objects.all() if actor.can("desk.child") else Takedown.objects.filter(is_child=False)


def takedowns(
    *, actor: Actor, at: datetime, tree: Node | None = None, cursor: str = "", size: int = 30
) -> Page[TakedownRow]:  # fmt: skip
    """Requests by their deadline, the earliest first; raises Forbidden, Invalid."""
    if not actor.can("desk.decide"):
        raise Forbidden
    found = narrowed(visible_takedowns(actor), tree, takedown_schema())
    if cursor:
        due, pk = decode_cursor(cursor, [str, int])
        try:
            moment = datetime.fromisoformat(str(due))
        except ValueError as error:
            raise Invalid("", field="cursor") from error
        found = found.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))
    rows = list(found.order_by("due_at", "pk")[: size + 1])
    more = encode_cursor(rows[size - 1].due_at.isoformat(), rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one, at) for one in rows[:size]], next_cursor=more)


def takedown_page(*, takedown_id: str, actor: Actor, at: datetime) -> TakedownPage:
    """One request with all one needs to decide it; raises Forbidden, NotFound."""
    if not actor.can("desk.decide"):
        raise Forbidden
    takedown = visible_takedowns(actor).filter(public_id=takedown_id).first()
    if takedown is None:
        raise NotFound
    kind, subject_id = takedown.subject_kind, takedown.subject_id
    sees = bool(subject_id) and may_see(kind=kind, subject_id=subject_id, actor=actor)
    described = registry.describe(kind, subject_id) if sees else None
    newest = Submission.objects.filter(kind=kind, subject_id=subject_id).order_by("-revision").first()
    earlier = Takedown.objects.filter(requester_key=takedown.requester_key, state="invalid").exclude(pk=takedown.pk)
    return TakedownPage(
        _row(takedown, at), details_of(takedown), takedown.is_agent, tuple(takedown.missing), takedown.answer,
        described.title if described else "", described.url if described else "",
        tuple(newest.photos) if newest and sees else (), tuple(described.thumbnails) if described else (),
        earlier.count(),
    )  # fmt: skip


def details_of(takedown: Takedown) -> dict[str, str]:
    """Who asked and what they said, unsealed; raises `sealing.Unreadable` when the key was lost."""
    found: dict[str, str] = json.loads(sealing.unseal(bytes(takedown.details), purpose=PURPOSE))
    return found


def receipt_of(receipt: str) -> Receipt | None:
    """Where a request stands; None for an unknown receipt."""
    one = Takedown.objects.filter(public_id=receipt).first()
    if one is None:
        return None
    return Receipt(
        one.public_id, one.state, one.received_at, one.due_at, one.decided_at, tuple(one.missing), one.copies
    )  # fmt: skip


def known(photos: Sequence[str], photo_hashes: Sequence[tuple[str, int]] = ()) -> int:
    """How many of the photos (SHA-256, and ``(pdq, quality)`` in the same order) were taken down before."""
    return known_many([(photos, photo_hashes)])[0]


def known_many(asked: Sequence[tuple[Sequence[str], Sequence[tuple[str, int]]]]) -> list[int]:
    """As `known` for many submissions, by two queries however many there are."""
    wanted = {photo for photos, _hashes in asked for photo in photos}
    if not wanted:
        return [0] * len(asked)
    bank_rows = TakedownHash.objects.filter(kind="sha256")
    rows = bank_rows.filter(value__in=wanted) if len(wanted) <= 500 else bank_rows
    exact = set(rows.values_list("value", flat=True))
    bank = _bank() if any(quality >= QUALITY for _photos, hashes in asked for _pdq, quality in hashes) else []
    return [_count(photos, hashes, exact, bank) for photos, hashes in asked]


def _count(
    photos: Sequence[str], hashes: Sequence[tuple[str, int]], exact: set[str], bank: Sequence[int]
) -> int:  # fmt: skip
    found = 0
    for number, photo in enumerate(photos):
        pdq, quality = hashes[number] if number < len(hashes) else ("", 0)
        found += photo in exact or (quality >= QUALITY and _is_near(pdq, bank))
    return found


def showing(photo: str) -> "QuerySet[Submission]":
    """Every version that shows a photo of this SHA-256, by a scan: call it from a task."""
    return Submission.objects.extra(where=["CAST(safety_submission.photos AS text) LIKE %s"], params=[f'%"{photo}"%'])


def _bank() -> list[int]:
    values = TakedownHash.objects.filter(kind="pdq").values_list("value", flat=True).distinct()
    return [int(value, 16) for value in values]


def _is_near(pdq: str, bank: Sequence[int]) -> bool:
    value = int(pdq, 16)
    return any((value ^ other).bit_count() <= DISTANCE for other in bank)


def _row(one: Takedown, at: datetime) -> TakedownRow:
    values: dict[str, Any] = {
        name: getattr(one, name)
        for name in ("state", "location", "subject_kind", "subject_id", "is_forgery", "is_child", "received_at",
                     "due_at", "decided_at", "copies")
    }  # fmt: skip
    return TakedownRow(id=one.public_id, is_late=one.state == "received" and one.due_at < at, **values)
