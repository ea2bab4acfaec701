"""Knowing a business customer, and telling safety what looks wrong about one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.models import AccountHold, KycStep, Record, Signal
from fairboard.crm.models.market import ANSWERS, KYC_STEPS, SIGNALS
from fairboard.crm.queries.standing import members_of
from fairboard.crm.services.standing import follow
from fairboard.crm.services.ties import account_row
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety.services.standing import set_standing

NEEDED: Mapping[str, tuple[str, ...]] = {
    "register": ("register", "number"),
    "contact": ("person", "how"),
    "traceability": ("legal_name", "address", "email", "phone", "payment_account"),
}
"""What each step asks for (DSA art. 30(1); 15 USC 45f(b)); the payment account's last four digits are enough."""


def take_step(
    *, account_id: str, step: str, details: Mapping[str, str], confirmed: bool, actor: Actor, at: datetime
) -> None:
    """Record a step of knowing an account, and whether it was checked. Raises NotFound, Forbidden, Invalid."""
    if step not in KYC_STEPS:
        raise Invalid(_("There is no such step."), field="step")
    kept = {key: str(details.get(key, "")).strip()[:300] for key in NEEDED[step]}
    lacking = [key for key, value in kept.items() if not value]
    if confirmed and lacking:
        raise Invalid(
            _("Fill everything in before you confirm it."),
            errors=[{"field": key, "message": _("This is needed.")} for key in lacking],
        )
    with transaction.atomic():
        account = account_row(account_id, actor, "edit")
        row, _new = KycStep.objects.get_or_create(account=account, step=step, defaults={"at": at})
        row.details, row.is_confirmed, row.by, row.at = kept, confirmed, actor.id, at
        row.save()
        record(
            kind=events.KYC, subject=Subject("crm.account", account.public_id), actor=actor, at=at,
            data={"step": step, "confirmed": confirmed},
        )  # fmt: skip
        follow([account.pk], actor=actor, at=at)


def raise_signal(*, account_id: str, kind: str, note: str, actor: Actor, at: datetime) -> str:
    """Tell safety what looks wrong about an account; returns the signal's id. Raises NotFound, Invalid, Conflict."""
    if kind not in SIGNALS:
        raise Invalid(_("Choose what you saw."), field="kind")
    with transaction.atomic():
        account = account_row(account_id, actor, "read")
        if Signal.objects.filter(account=account, kind=kind, answered_at=None).exists():
            raise Conflict(_("This was raised already; safety will answer."))
        row = Signal.objects.create(
            account=account, kind=kind, note=note.strip()[:2000], raised_by=actor.id, raised_at=at
        )
        record(
            kind=events.SIGNAL, subject=Subject("crm.account", account.public_id), actor=actor, at=at,
            data={"signal": row.public_id, "kind": kind},
        )  # fmt: skip
        follow([account.pk], actor=actor, at=at)
    return row.public_id


def answer_signal(*, signal_id: str, answer: str, actor: Actor, at: datetime, reason: str = "") -> None:
    """Answer a signal, for safety: nothing, noted, or held, which puts the account and its members on hold.

    Sales learns the answer, never what it rests on. Raises Forbidden, NotFound, Invalid.
    """
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff answer signals."))
    if answer not in ANSWERS:
        raise Invalid(_("Choose an answer."), field="answer")
    with transaction.atomic():
        row = Signal.objects.select_for_update().filter(public_id=signal_id, answered_at=None).first()
        if row is None:
            raise NotFound(_("There is no such open signal."))
        row.answer, row.answered_by, row.answered_at = answer, actor.id, at
        row.save()
        if answer == "held":
            _hold(row.account, reason, actor, at)
        record(
            kind=events.SIGNAL_ANSWERED, subject=Subject("crm.account", row.account.public_id), actor=actor, at=at,
            data={"signal": row.public_id, "answer": answer},
        )  # fmt: skip
        follow([row.account_id], actor=actor, at=at)


def release_account(*, account_id: str, actor: Actor, at: datetime) -> None:
    """Lift the hold on an account itself; its members' standing is decided for each of them at the desk."""
    if not actor.can("desk.decide"):
        raise Forbidden(_("Only safety staff release accounts."))
    with transaction.atomic():
        hold = AccountHold.objects.select_related("account").filter(account__public_id=account_id).first()
        if hold is None:
            raise NotFound(_("This account is not held."))
        account = hold.account
        hold.delete()
        follow([account.pk], actor=actor, at=at)


def _hold(account: Record, reason: str, actor: Actor, at: datetime) -> None:
    AccountHold.objects.get_or_create(account=account, defaults={"by": actor.id, "at": at})
    for member in members_of([account.pk]).get(account.pk, []):
        set_standing(
            member_id=member, state="on_hold", policy="account-integrity",
            reason=reason.strip() or _("The account you act for is being looked at."), actor=actor, at=at,
        )  # fmt: skip
