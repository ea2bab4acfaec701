"""Keeping hash banks: made, filled from lists, quarantined and released."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import bank_index, bank_lines, events, ruleset
from fairboard.safety.bank_lines import Line
from fairboard.safety.gate import CHILD_POLICIES
from fairboard.safety.models import Bank, BankEntry
from fairboard.safety.models.banks import BANK_KINDS
from fairboard.screening import policies

ACTIONS = ("hold", "reject", "escalate")
BATCH = 1_000
MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: added, known already, back again after a removal, and the bad lines by number."""

    added: int
    known: int
    restored: int
    bad: tuple[Line, ...]
    bad_count: int


def create(
    *, name: str, kind: str, policy: str, action: str, actor: Actor, at: datetime, source: str = "",
    most_per_hour: int = 100,
) -> str:  # fmt: skip
    """Make a bank; returns its public id. Raises Forbidden, Invalid, Conflict."""
    _may(actor)
    errors = []
    if not 1 <= len(name.strip()) <= 80 or "\0" in name:
        errors.append({"field": "name", "message": _("Give a name of up to 80 characters.")})
    if kind not in BANK_KINDS:
        errors.append({"field": "kind", "message": _("Choose pdq, sha256 or md5.")})
    if policy not in policies():
        errors.append({"field": "policy", "message": _("Choose the policy this bank stands for.")})
    if action not in ACTIONS or (policy in CHILD_POLICIES and action != "escalate"):
        errors.append({"field": "action", "message": _("Choose what happens; child safety always escalates.")})
    if not 1 <= most_per_hour <= 1_000_000:
        errors.append({"field": "most_per_hour", "message": _("From 1 to 1,000,000.")})
    if len(source) > 500 or "\0" in source:
        errors.append({"field": "source", "message": _("This is too long.")})
    if errors:
        raise Invalid(_("The bank is not complete."), errors=errors)
    try:
        with transaction.atomic():
            bank = Bank.objects.create(
                name=name.strip(), kind=kind, policy=policy, action=action, source=source.strip(),
                most_per_hour=most_per_hour, created_at=at, changed_at=at,
            )  # fmt: skip
            ruleset.changed()
            _record(events.BANK_CHANGED, bank, actor, at, {"what": "created"})
    except IntegrityError as error:
        raise Conflict(_("There is a bank of this name already."), field="name") from error
    return bank.public_id


def bring_in(*, bank_id: str, lines: Iterable[str], actor: Actor, at: datetime) -> Imported:
    """Add the hashes of a list; a bad line is named and costs only itself. May be repeated. Raises Forbidden."""
    bank = _bank(bank_id, actor)
    found = bank_lines.read(lines, bank.kind)
    added = known = restored = bad_count = 0
    bad: list[Line] = []
    while batch := list(islice(found, BATCH)):
        wrong = [line for line in batch if line.error]
        bad_count += len(wrong)
        bad += wrong[: MOST_NAMED - len(bad)]
        good = {line.value: line for line in batch if not line.error}
        with transaction.atomic():
            new, back = _add(bank, list(good.values()), at)
            if new or back:
                _record(events.BANK_CHANGED, bank, actor, at, {"what": "filled", "added": new, "restored": back})
        added, restored = added + new, restored + back
        known += len(batch) - len(wrong) - new - back
    return Imported(added, known, restored, tuple(bad), bad_count)


def remove_entry(*, bank_id: str, value: str, actor: Actor, at: datetime) -> None:
    """Take a hash out; what it matched stays on record. Raises Forbidden, NotFound."""
    bank = _bank(bank_id, actor)
    with transaction.atomic():
        entries = BankEntry.objects.filter(bank=bank, value=value.strip().lower(), removed_at__isnull=True)
        if not entries.update(removed_at=at):
            raise NotFound(_("This hash is not in the bank."))
        _record(events.BANK_CHANGED, bank, actor, at, {"what": "entry removed"})


def quarantine(*, bank_id: str, why: str, actor: Actor, at: datetime) -> None:
    """Set a bank aside. Raises Forbidden, NotFound, Invalid without a reason."""
    if not why.strip():
        raise Invalid(_("Say why."), field="why")
    bank = _bank(bank_id, actor)
    with transaction.atomic():
        Bank.objects.filter(pk=bank.pk).update(quarantined_at=at, quarantined_why=why.strip()[:300], changed_at=at)
        _record(events.BANK_QUARANTINED, bank, actor, at, {"entry": None, "matches": 0})


def release(*, bank_id: str, actor: Actor, at: datetime) -> None:
    """Have a bank, and every entry of it that was set aside, act again. Raises Forbidden, NotFound."""
    bank = _bank(bank_id, actor)
    with transaction.atomic():
        Bank.objects.filter(pk=bank.pk).update(quarantined_at=None, quarantined_why="", changed_at=at)
        BankEntry.objects.filter(bank=bank, quarantined_at__isnull=False).update(quarantined_at=None)
        _record(events.BANK_RELEASED, bank, actor, at, {})


def switch(*, bank_id: str, enabled: bool, actor: Actor, at: datetime) -> None:
    """Have a bank be looked into, or not at all. Raises Forbidden, NotFound."""
    bank = _bank(bank_id, actor)
    with transaction.atomic():
        Bank.objects.filter(pk=bank.pk).update(enabled=enabled, changed_at=at)
        ruleset.changed()
        _record(events.BANK_CHANGED, bank, actor, at, {"what": "enabled" if enabled else "disabled"})


def _add(bank: Bank, lines: Sequence[Line], at: datetime) -> tuple[int, int]:
    """Write the hashes that are new to a bank; returns how many, and how many removed ones are back."""
    values = [line.value for line in lines]
    kept = dict(BankEntry.objects.filter(bank=bank, value__in=values).values_list("value", "removed_at"))
    back = [value for value, removed in kept.items() if removed is not None]
    if back:
        BankEntry.objects.filter(bank=bank, value__in=back).update(removed_at=None, added_at=at)
    new = [
        BankEntry(bank=bank, value=line.value, metadata=line.metadata, added_at=at)
        for line in lines
        if line.value not in kept
    ]
    bulk.insert(new)
    if bank.kind == "pdq":
        bank_index.add(new)
    return len(new), len(back)


def _may(actor: Actor) -> None:
    if not actor.can("banks.manage"):
        raise Forbidden(_("Only the lead of the desk keeps hash banks."))


def _bank(bank_id: str, actor: Actor) -> Bank:
    _may(actor)
    bank = Bank.objects.filter(public_id=bank_id).first()
    if bank is None:
        raise NotFound(_("There is no such bank."))
    return bank


def _record(kind: str, bank: Bank, actor: Actor, at: datetime, data: dict[str, Any]) -> None:
    record(kind=kind, subject=Subject("bank", bank.public_id), actor=actor, at=at, data=data)
