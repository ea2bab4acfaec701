"""The orders of authorities, the late ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Q
from django.utils.translation import override

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.safety import orders as kinds
from fairboard.safety import registry
from fairboard.safety.models import Case, Custody, Disclosure, Order, OrderSubject
from fairboard.safety.models.orders import OPEN_STATES


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list. ``is_late`` is said of the moment the list was asked for."""

    id: str
    kind: str
    law: str
    state: str
    authority: str
    country: str
    reference: str
    received_at: datetime
    due_at: datetime
    is_late: bool
    is_confidential: bool
    subjects: int


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject of an order; title and address are empty for what the reader may not see."""

    kind: str
    id: str
    title: str
    url: str
    decision_id: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A step of an order, or a link of a package's chain of custody."""

    step: str
    text: str
    by_name: str
    at: datetime
    to: str = ""


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """A package made for an order, with its chain of custody."""

    id: str
    sha256: str
    root: str
    size: int
    files: int
    at: datetime
    custody: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order with all that belongs to it."""

    row: OrderRow
    contact: str
    legal_basis: str
    language: str
    received_how: str
    asked: str
    scope_from: datetime | None
    scope_until: datetime | None
    silent_until: datetime | None
    told_at: datetime | None
    subjects: tuple[SubjectRow, ...]
    entries: tuple[EntryRow, ...]
    disclosures: tuple[DisclosureRow, ...]


@lru_cache(maxsize=1)
def order_schema() -> Schema:
    """What the list of orders can be filtered by."""
    with override("en"):  # kept for every reader; pages translate the labels
        named = tuple(Choice(kind.key, str(kind.label)) for kind in kinds.KINDS)
        states = tuple(Choice(key, str(label)) for key, label in kinds.STATES.items())
    specs = (
        FieldSpec("kind", "Kind", "choice", choices=named),
        FieldSpec("state", "State", "choice", choices=states),
        FieldSpec("country", "Country", "text"),
        FieldSpec("authority", "Authority", "text"),
        FieldSpec("reference", "Reference", "text"),
    )
    columns = {spec.key: Column(spec, f"safety_order.{spec.key}") for spec in specs}
    columns["received"] = Column(FieldSpec("received", "Received", "date"), day_of("safety_order.received_at"))
    columns["due"] = Column(FieldSpec("due", "Due", "date"), day_of("safety_order.due_at"))
    return Schema(columns)


def orders(
    *, actor: Actor, at: datetime, tree: Node | None = None, closed: bool | None = None, cursor: str = "",
    size: int = 30,
) -> Page[OrderRow]:  # fmt: skip
    """Orders of a filter by their deadline, the earliest and so the latest first; raises Forbidden, Invalid.

    ``closed`` narrows to those that are over (or not); None takes all.
    """
    if not actor.can("orders.manage"):
        raise Forbidden
    found = Order.objects.all()
    if closed is not None:
        found = found.exclude(state__in=OPEN_STATES) if closed else found.filter(state__in=OPEN_STATES)
    found = narrowed(found, tree, order_schema())
    if cursor:
        due, pk = decode_cursor(cursor, [str, int])
        try:
            moment = datetime.fromisoformat(str(due))
        except ValueError as error:
            raise Invalid("", field="cursor") from error
        found = found.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))
    rows = list(found.order_by("due_at", "pk").prefetch_related("subjects")[: size + 1])
    more = encode_cursor(rows[size - 1].due_at.isoformat(), rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(order, at) for order in rows[:size]], next_cursor=more)


def order_page(*, order_id: str, actor: Actor, at: datetime) -> OrderPage:
    """One order with its subjects, log and packages; raises Forbidden, NotFound."""
    if not actor.can("orders.manage"):
        raise Forbidden
    order = Order.objects.filter(public_id=order_id).first()
    if order is None:
        raise NotFound
    entries = order.entries.order_by("pk")
    return OrderPage(
        _row(order, at), order.contact, order.legal_basis, order.language, order.received_how, order.asked,
        order.scope_from, order.scope_until, order.silent_until, order.told_at,
        tuple(_subject(one, actor) for one in order.subjects.order_by("pk")),
        tuple(EntryRow(one.step, one.text, one.by_name, one.at) for one in entries),
        tuple(_disclosure(one) for one in order.disclosures.order_by("pk")),
    )  # fmt: skip


def concerns_child(subjects: Sequence[tuple[str, str]]) -> bool:
    """Whether one of these subjects, or anything one of these members wrote, is part of a child-safety case."""
    members = [one for kind, one in subjects if kind == "member"]
    others = Q()
    for kind, one in subjects:
        if kind != "member":
            others |= Q(kind=kind, subject_id=one)
    about = Q(submission__author_id__in=members) | others if others else Q(submission__author_id__in=members)
    return Case.objects.filter(about, is_child=True).exists()


def is_silenced(*, kind: str, subject_id: str, decided_at: datetime, at: datetime) -> bool:
    """Whether an authority forbids, at this moment, telling an author of the decision made of it at ``decided_at``."""
    still = Q(order__silent_until=None) | Q(order__silent_until__gt=at)
    about = OrderSubject.objects.filter(kind=kind, subject_id=subject_id, order__carried_out_at=decided_at)
    return about.filter(still, order__is_confidential=True, order__told_at=None).exclude(decision_id="").exists()


def _row(order: Order, at: datetime) -> OrderRow:
    kind = kinds.BY_KEY[order.kind]
    is_late = order.state in {"received", "verified"} and order.due_at < at
    return OrderRow(
        order.public_id, order.kind, kind.law, order.state, order.authority, order.country, order.reference,
        order.received_at, order.due_at, is_late, order.is_confidential, len(order.subjects.all()),
    )  # fmt: skip


def _subject(one: OrderSubject, actor: Actor) -> SubjectRow:
    hidden = not actor.can("desk.child") and concerns_child([(one.kind, one.subject_id)])
    described = None if hidden else registry.describe(one.kind, one.subject_id)
    title, url = (described.title, described.url) if described else ("", "")
    return SubjectRow(one.kind, one.subject_id, title, url, one.decision_id)


def _disclosure(one: Disclosure) -> DisclosureRow:
    chain = tuple(
        EntryRow(link.act, link.purpose, link.by_name, link.at, link.to)
        for link in Custody.objects.filter(disclosure=one).order_by("pk")
    )
    return DisclosureRow(one.public_id, one.sha256, one.root, one.size, one.files, one.at, chain)
