"""Keeping hash banks: made, filled from lists, quarantined and released."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import bank_filling, events, ruleset
from fairboard.safety.gate import CHILD_POLICIES
from fairboard.safety.models import Bank, BankEntry
from fairboard.safety.models.banks import BANK_KINDS
from fairboard.screening import policies
from fairboard.screening.banks import files, lists
from fairboard.screening.banks.entries import Entry, Kind, Report
from fairboard.screening.banks.ncmec import BadPage

ACTIONS = ("hold", "reject", "escalate")
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line (or record) that was left out; ``number`` counts from 1, ``error`` says what is wrong with it."""

    number: int
    error: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: added, known already, back again after a removal, taken out at its word; bad lines.

    ``other`` are hashes of another kind than the bank's, left out.
    """

    added: int
    known: int
    restored: int
    removed: int
    other: int
    bad: tuple[BadLine, ...]
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
    """Add the hashes of a list in any form `screening.banks.lists` reads, and take out what it tells to.

    A bad line is named and costs only itself. May be repeated. Raises Forbidden, NotFound.
    """
    bank = _bank(bank_id, actor)
    report = Report()
    return _bring_in(bank, lists.read(lines, report, kind=Kind(bank.kind)), report, actor, at)


def bring_in_file(*, bank_id: str, path: Path, actor: Actor, at: datetime) -> Imported:
    """As `bring_in` for a file, which may be a page of NCMEC's XML or StopNCII's JSON too.

    Raises Forbidden, NotFound, OSError, and Invalid for a page that cannot be read; what was read before it is kept.
    """
    bank = _bank(bank_id, actor)
    report = Report()
    try:
        return _bring_in(bank, files.read_file(path, report, kind=Kind(bank.kind)), report, actor, at)
    except BadPage as error:
        raise Invalid(str(error), field="file") from error


def _bring_in(bank: Bank, entries: Iterator[Entry], report: Report, actor: Actor, at: datetime) -> Imported:
    done = Counter[str]()
    told: dict[str, set[str]] = {}
    while batch := list(islice(entries, BATCH)):
        mine = [one for one in batch if one.kind in {None, bank.kind}]
        done["other"] += len(batch) - len(mine)
        with transaction.atomic():
            some = bank_filling.apply(bank, mine, told, at)
            changes = {name: some[name] for name in ("added", "restored", "removed")}
            if any(changes.values()):
                _record(events.BANK_CHANGED, bank, actor, at, {"what": "filled", **changes})
        done.update(some)
    bad = tuple(BadLine(one.line, one.reason) for one in report.bad)
    return Imported(
        done["added"], done["known"], done["restored"], done["removed"], done["other"] + report.unsupported, bad,
        report.bad_count,
    )  # fmt: skip


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
