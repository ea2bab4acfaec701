"""Knowing who trades: DSA art. 30 and the INFORM Consumers Act (15 USC 45f): collect, verify, certify, suspend."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, sealing, trading
from fairboard.safety.models import Standing, TraderRecord
from fairboard.safety.orders import countries
from fairboard.safety.queries.traders import PURPOSE
from fairboard.safety.services.standing import set_standing
from fairboard.safety.trading import Sale, figures

POLICY = "trader"
"""What a standing is on hold for, so that only that hold is lifted again."""


@dataclass(frozen=True, slots=True)
class TraderDraft:
    """What a trader gives. ``at_home``: an individual without a business address, who is then not shown with one."""

    name: str
    address: str
    country: str
    phone: str
    email: str
    account: str
    tax_id: str = ""
    register: str = ""
    register_number: str = ""
    at_home: bool = False
    certifies: bool = False


def declare(*, is_trader: bool, actor: Actor, at: datetime) -> None:
    """A member says whether they sell as a business; a business is asked who it is before it goes on.

    Raises Forbidden.
    """
    if not actor.can("ads.post") or not actor.id:
        raise Forbidden
    with transaction.atomic():
        row = _row(actor.id, at)
        if row.is_trader == is_trader:
            return
        row.is_trader = is_trader
        if is_trader and row.verified_at is None and row.given_at is None:
            row.state = "collecting"
        row.save()
        _step(row, "declared" if is_trader else "undeclared", actor, at)


def give(*, draft: TraderDraft, actor: Actor, at: datetime) -> None:
    """A member gives their details; the desk has ten days to verify them. Raises Forbidden, Invalid, NotFound."""
    with transaction.atomic():
        row = _of(actor.id)
        values = _checked(draft, row)
        row.details = sealing.seal(json.dumps(values).encode(), purpose=PURPOSE)
        row.country, row.state, row.given_at, row.answer = values["country"], "verifying", at, ""
        row.due_at, row.warned_at, row.id_outcome = at + trading.VERIFY, None, ""
        row.save()
        _step(row, "given", actor, at)


def verify(*, member_id: str, id_outcome: str, actor: Actor, at: datetime) -> None:
    """The desk has checked the details against reliable sources; what was seen is not kept, only that it was.

    A suspension for it ends. Raises Forbidden, NotFound, Conflict, Invalid.
    """
    _lead(actor)
    if id_outcome != "passed":
        raise Invalid(_("Say that you have seen a document that proves who it is."), field="id_outcome")
    with transaction.atomic():
        row = _waiting(member_id)
        row.state, row.id_outcome, row.verified_at, row.verified_by = "verified", id_outcome, at, actor.id
        _certified(row, at)
        row.save()
        _step(row, "verified", actor, at)


def refuse(*, member_id: str, reason: str, actor: Actor, at: datetime) -> None:
    """The details cannot be verified: the member is told why and has ten days. Raises as `verify` does."""
    _lead(actor)
    if len(reason.strip()) < 10:
        raise Invalid(_("Tell the seller what is wrong, in a sentence."), field="reason")
    with transaction.atomic():
        row = _waiting(member_id)
        row.state, row.answer, row.id_outcome = "collecting", reason.strip()[:4000], "failed"
        row.due_at, row.warned_at = at + trading.COLLECT, at
        row.save()
        _step(row, "refused", actor, at)


def certify(*, actor: Actor, at: datetime) -> None:
    """A verified seller says that nothing changed, for another year (45f(a)(1)(C)). Raises NotFound, Conflict."""
    with transaction.atomic():
        row = _of(actor.id)
        if row.state != "verified":
            raise Conflict(_("Your details are not verified yet."))
        _certified(row, at)
        row.save()
        _step(row, "certified", actor, at)


def count(*, sales: Iterable[Sale], at: datetime) -> int:
    """Count everybody's sales; who reaches the thresholds is asked for their details. Returns how many are new.

    ``sales`` are all of the last 24 months, of all members; a member without any is no high-volume seller any more.
    """
    by_member: dict[str, list[Sale]] = {}
    for sale in sales:
        by_member.setdefault(sale.member_id, []).append(sale)
    known = dict(TraderRecord.objects.values_list("member_id", "pk"))
    new = 0
    for member_id in sorted(known.keys() | by_member.keys()):
        found = figures(by_member.get(member_id, []), at)
        if found.is_high_volume or member_id in known:
            with transaction.atomic():
                new += _counted(member_id, found, at)
    return new


def run_clocks(*, at: datetime) -> int:
    """Warn whose ten days are over, and suspend who was warned and still did nothing; returns how many."""
    due = TraderRecord.objects.filter(state__in=("collecting", "verified"), due_at__lte=at, suspended_at=None)
    done = 0
    for member_id in due.values_list("member_id", flat=True):
        with transaction.atomic():
            row = TraderRecord.objects.select_for_update().get(member_id=member_id)
            if row.due_at is None or row.due_at > at or row.suspended_at:
                continue
            done += 1
            if row.warned_at is None:
                row.warned_at, row.due_at = at, at + trading.CERTIFY
                row.save()
                _step(row, "warned", Actor.system("traders"), at)
            else:
                _suspend(row, at)
    return done


def _counted(member_id: str, found: trading.Figures, at: datetime) -> int:
    row = _row(member_id, at)
    was = row.is_high_volume
    row.sales, row.gross_minor, row.year_minor = found.sales, found.gross_minor, found.year_minor
    row.is_high_volume = found.is_high_volume
    if found.is_high_volume and not was:
        if row.verified_at:
            _certified(row, at)
        elif row.state == "collecting":
            row.due_at, row.warned_at = at + trading.COLLECT, None
    elif was and not found.is_high_volume and not row.is_trader:
        row.due_at = row.warned_at = None
        _release(row, at)
    row.save()
    if found.is_high_volume != was:
        _step(row, "reached" if found.is_high_volume else "fell_below", Actor.system("traders"), at)
    return int(found.is_high_volume and not was)


def _certified(row: TraderRecord, at: datetime) -> None:
    row.certified_at, row.warned_at = at, None
    row.due_at = at + trading.YEAR if row.is_high_volume else None
    _release(row, at)


def _suspend(row: TraderRecord, at: datetime) -> None:
    """No sales until the details are there (45f(a)(1)(D), DSA art. 30(3)); a graver standing is left as it is."""
    row.suspended_at, row.due_at = at, None
    row.save()
    standing = Standing.objects.filter(member_id=row.member_id).values_list("state", flat=True).first() or "good"
    if standing in {"good", "watched"}:
        set_standing(
            member_id=row.member_id, state="on_hold", policy=POLICY, actor=Actor.system("traders"), at=at,
            reason=_("The law asks who sells here, and the details were not given in time."),
        )  # fmt: skip
    _step(row, "suspended", Actor.system("traders"), at)


def _release(row: TraderRecord, at: datetime) -> None:
    if row.suspended_at is None:
        return
    row.suspended_at = None
    if Standing.objects.filter(member_id=row.member_id, state="on_hold", policy=POLICY).exists():
        set_standing(
            member_id=row.member_id, state="good", policy="", actor=Actor.system("traders"), at=at,
            reason=_("The details were given and verified."),
        )  # fmt: skip
    _step(row, "released", Actor.system("traders"), at)


def _row(member_id: str, at: datetime) -> TraderRecord:
    row, _new = TraderRecord.objects.select_for_update().get_or_create(member_id=member_id, defaults={"opened_at": at})
    return row


def _of(member_id: str) -> TraderRecord:
    row = TraderRecord.objects.select_for_update().filter(member_id=member_id).first() if member_id else None
    if row is None:
        raise NotFound(_("Nothing is asked of you."))
    return row


def _waiting(member_id: str) -> TraderRecord:
    row = TraderRecord.objects.select_for_update().filter(member_id=member_id).first()
    if row is None:
        raise NotFound(_("There is no such seller."))
    if row.state != "verifying":
        raise Conflict(_("There is nothing to verify."))
    return row


def _lead(actor: Actor) -> None:
    if not actor.can("desk.lead"):
        raise Forbidden(_("Only the desk's lead does this."))


def _step(row: TraderRecord, step: str, actor: Actor, at: datetime) -> None:
    record(
        kind=events.TRADER_STEP, subject=Subject("member", row.member_id), actor=actor, at=at,
        data={"step": step, "state": row.state, "trader": row.is_trader, "high_volume": row.is_high_volume,
              "due": row.due_at},
    )  # fmt: skip


def _checked(draft: TraderDraft, row: TraderRecord) -> dict[str, str]:
    errors = []
    for field, text, least, message in (
        ("name", draft.name, 2, _("Write the full name of the person or the business.")),
        ("address", draft.address, 10, _("Write the whole address.")),
        ("account", draft.account, 8, _("Write the account payments go to.")),
    ):
        if len(text.strip()) < least:
            errors.append({"field": field, "message": message})
    if draft.country.upper() not in countries():
        errors.append({"field": "country", "message": _("Write the country as two letters, such as DE.")})
    try:
        phone = phonenumbers.parse(draft.phone, draft.country.upper())
        is_phone = phonenumbers.is_valid_number(phone)
    except phonenumbers.NumberParseException:
        is_phone = False
    if not is_phone:
        errors.append({"field": "phone", "message": _("This is not a telephone number.")})
    try:
        validate_email(draft.email)
    except ValidationError:
        errors.append({"field": "email", "message": _("This is not a mail address.")})
    if row.is_high_volume and len(draft.tax_id.strip()) < 5:
        errors.append({"field": "tax_id", "message": _("Write your tax number.")})
    if not draft.certifies:
        errors.append({"field": "certifies", "message": _("Confirm this, or we may not let you sell.")})
    if errors:
        raise Invalid(_("Some details are missing."), errors=errors)
    given = {name: value.strip()[:500] for name, value in asdict(draft).items() if isinstance(value, str)}
    return {**given, "country": draft.country.upper(), "at_home": "yes" if draft.at_home else ""}
