"""Handling the orders of authorities: received, verified, carried out, answered; or refused, or withdrawn."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety import orders as kinds
from fairboard.safety.models import Hold, Order, OrderEntry, OrderSubject, Submission
from fairboard.safety.services import disclosing, holds, removing
from fairboard.safety.services.order_drafts import OrderDraft, check


class NotNow(Conflict):
    """The order is in a state in which this step cannot be taken."""

    code = "order-state"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order: from which states it is taken, and to which one it leads (empty: it stays)."""

    before: tuple[str, ...]
    after: str


STEPS = {
    "verify": Step(("received",), "verified"),
    "carry_out": Step(("verified",), "carried_out"),
    "renew": Step(("carried_out", "answered"), ""),
    "lift": Step(("carried_out", "answered"), ""),
    "answer": Step(("carried_out",), "answered"),
    "refuse": Step(("received", "verified"), "refused"),
    "withdraw": Step(("received", "verified", "carried_out"), "withdrawn"),
    "note": Step(("received", "verified", "carried_out", "answered", "refused", "withdrawn"), ""),
}
NEEDS_WORDS = {"refuse", "withdraw", "note", "answer"}


def receive(*, draft: OrderDraft, actor: Actor, at: datetime) -> str:
    """Enter an order as it arrived and start its clock; returns its public id. Raises Forbidden, Invalid."""
    _guard(actor)
    values, subjects = check(draft, at)
    with transaction.atomic():
        order = Order.objects.create(entered_by=actor.id, entered_at=at, **values)
        OrderSubject.objects.bulk_create(
            [OrderSubject(order=order, kind=kind, subject_id=one) for kind, one in subjects]
        )
        _log(order, "received", "", actor, at)
        record(
            kind=events.ORDER_RECEIVED, subject=Subject("order", order.public_id), actor=actor, at=at,
            data={"kind": order.kind, "country": order.country, "due": order.due_at, "subjects": len(subjects),
                  "received": order.received_at},
        )  # fmt: skip
    return order.public_id


def take_step(
    *, order_id: str, step: str, text: str, actor: Actor, at: datetime, policy: str = "legal-order"
) -> None:  # fmt: skip
    """Take one of `STEPS` with the words that go with it.

    For ``carry_out`` of an order against content ``text`` is what the author is told. Raises Forbidden, NotFound,
    Invalid (words are missing, no such step), NotNow.
    """
    _guard(actor)
    if step not in STEPS:
        raise Invalid(_("There is no such step."), field="step")
    if step in NEEDS_WORDS and len(text.strip()) < 10:
        raise Invalid(_("Say it in a sentence."), field="text")
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(public_id=order_id).first()
        if order is None:
            raise NotFound(_("There is no such order."))
        if order.state not in STEPS[step].before:
            raise NotNow(_("That is not the next step of this order."))
        if step == "renew" and order.kind != "preservation":
            raise NotNow(_("Only a request to preserve is renewed."))
        if step == "lift" and (not order.is_confidential or order.told_at):
            raise NotNow(_("Those concerned may be told already."))
        if step == "carry_out":
            _ACTS[kinds.BY_KEY[order.kind].act](order, text, policy, actor, at)
            order.carried_out_at = at
        elif step == "renew":
            _renew(order, actor, at)
        elif step == "lift":
            order.silent_until = at
        elif step == "withdraw":
            _release(order, actor, at)
        order.state = STEPS[step].after or order.state
        if STEPS[step].after in {"answered", "refused", "withdrawn"}:
            order.closed_at = at
        order.save(update_fields=["state", "carried_out_at", "closed_at", "silent_until"])
        _log(order, step, text, actor, at)
        record(
            kind=events.ORDER_STEP, subject=Subject("order", order.public_id), actor=actor, at=at,
            data={"step": step, "state": order.state, "kind": order.kind, "country": order.country},
        )  # fmt: skip


def extend(
    *, order_id: str, due_at: datetime | None, silent_until: datetime | None, text: str, actor: Actor, at: datetime
) -> None:
    """Give an order a later deadline, a longer silence, or both, with who granted it in words.

    A deadline moves while it still runs (received or verified), a silence until those concerned are told. A silence
    without an end needs none. Raises Forbidden, NotFound, NotNow, Invalid.
    """
    _guard(actor)
    with transaction.atomic():
        order = Order.objects.select_for_update().filter(public_id=order_id).first()
        if order is None:
            raise NotFound(_("There is no such order."))
        if due_at and order.state not in {"received", "verified"}:
            raise NotNow(_("The deadline of this order runs no more."))
        if silent_until and (not order.is_confidential or order.told_at):
            raise NotNow(_("Those concerned may be told already."))
        errors = []
        if due_at is None and silent_until is None:
            errors.append({"field": "due_at", "message": _("Give a later deadline or a longer silence.")})
        if due_at and due_at <= max(order.due_at, at):
            errors.append({"field": "due_at", "message": _("Give a moment after the present deadline.")})
        if silent_until and (order.silent_until is None or silent_until <= max(order.silent_until, at)):
            errors.append(
                {"field": "silent_until", "message": _("Give a moment after the present end of the silence.")}
            )
        if len(text.strip()) < 10:
            errors.append({"field": "text", "message": _("Say it in a sentence.")})
        if errors:
            raise Invalid(_("The extension is not complete."), errors=errors)
        order.due_at, order.silent_until = due_at or order.due_at, silent_until or order.silent_until
        order.save(update_fields=["due_at", "silent_until"])
        _log(order, "extend", text, actor, at)
        record(
            kind=events.ORDER_STEP, subject=Subject("order", order.public_id), actor=actor, at=at,
            data={"step": "extend", "due": due_at, "silent_until": silent_until},
        )  # fmt: skip


def mark_told(*, order_id: str, at: datetime) -> bool:
    """Note, once, that the persons concerned by a confidential order are told; False when they were already."""
    with transaction.atomic():
        if not Order.objects.filter(public_id=order_id, told_at=None).update(told_at=at):
            return False
        record(
            kind=events.ORDER_STEP, subject=Subject("order", order_id), actor=Actor.system("orders"), at=at,
            data={"step": "told"},
        )  # fmt: skip
    return True


def _guard(actor: Actor) -> None:
    if not actor.can("orders.manage"):
        raise Forbidden(_("Only those who handle orders of authorities do this."))


def _log(order: Order, step: str, text: str, actor: Actor, at: datetime) -> None:
    OrderEntry.objects.create(
        order=order, step=step, text=text.strip()[:20_000], by=actor.id, by_name=actor.name[:80], at=at
    )


def _remove(order: Order, text: str, policy: str, actor: Actor, at: datetime) -> None:
    """DSA art. 9: take down what the order names and tell its author, unless that is forbidden for now."""
    named = list(order.subjects.exclude(kind="member"))
    if not named:
        raise Invalid(_("An order against content names the content."), field="subjects")
    reason = text.strip() or told(order)
    for subject in named:
        made = removing.remove(
            kind=subject.kind, subject_id=subject.subject_id, policy=policy, reason_text=reason,
            note=f"order {order.public_id}", actor=actor, at=at,
        )  # fmt: skip
        subject.decision_id = made[-1].id
        subject.save(update_fields=["decision_id"])


def told(order: Order) -> str:
    """What the author of content taken down by an order is told (DSA art. 9(5)); nothing of a confidential one."""
    if order.is_confidential:
        return _("This was taken down because the law requires it.")
    return _(
        "This was taken down because of an order of %(authority)s (%(country)s), reference %(reference)s, under "
        "%(basis)s. You can challenge the order before the courts of that country."
    ) % {
        "authority": order.authority, "country": order.country, "reference": order.reference,
        "basis": order.legal_basis,
    }  # fmt: skip


def _disclose(order: Order, text: str, policy: str, actor: Actor, at: datetime) -> None:
    if not order.disclosures.exists():
        disclosing.make(order=order, actor=actor, at=at)


def _keep(order: Order, text: str, policy: str, actor: Actor, at: datetime) -> None:
    """18 USC 2703(f): what the order names, and the account of who published it, is out of reach of erasure."""
    for kind, subject_id in _kept(order.subjects.all()):
        holds.place(
            subject_kind=kind, subject_id=subject_id, reason=f"{order.authority} {order.reference}".strip(),
            source_kind="order", source_id=order.public_id, actor=actor, at=at, until=at + kinds.PRESERVED,
        )  # fmt: skip


def _tell(order: Order, text: str, policy: str, actor: Actor, at: datetime) -> None:
    if len(text.strip()) < 10:
        raise Invalid(_("Say what was reported to whom."), field="text")


_ACTS: dict[str, Callable[[Order, str, str, Actor, datetime], None]] = {
    "remove": _remove, "disclose": _disclose, "keep": _keep, "tell": _tell,
}  # fmt: skip


def _kept(subjects: Iterable[OrderSubject]) -> list[tuple[str, str]]:
    found = [(one.kind, one.subject_id) for one in subjects]
    for kind, one in list(found):
        if kind != "member":
            authors = Submission.objects.filter(kind=kind, subject_id=one).values_list("author_id", flat=True)
            found += [("member", author) for author in authors.distinct() if author]
    return list(dict.fromkeys(found))


def _renew(order: Order, actor: Actor, at: datetime) -> None:
    """Another 90 days from the end of the running term (18 USC 2703(f)(2))."""
    for hold in Hold.objects.filter(source_kind="order", source_id=order.public_id, released_at__isnull=True):
        until = max(hold.until or at, at) + kinds.PRESERVED
        holds.release(hold_id=hold.public_id, actor=actor, at=at)
        holds.place(
            subject_kind=hold.subject_kind, subject_id=hold.subject_id, reason=hold.reason, source_kind="order",
            source_id=order.public_id, actor=actor, at=at, until=until,
        )  # fmt: skip


def _release(order: Order, actor: Actor, at: datetime) -> None:
    for hold in Hold.objects.filter(source_kind="order", source_id=order.public_id, released_at__isnull=True):
        holds.release(hold_id=hold.public_id, actor=actor, at=at)
