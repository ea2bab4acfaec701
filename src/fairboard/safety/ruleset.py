"""What the gate runs now: the packaged packs with what operators changed, and the desk's own rules.

Kept in the process by an edition: one row of the database that is another word after every change. Asking for it costs
one look-up a batch, so a change acts at once in every process.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from fairboard.kit.ids import new_id
from fairboard.safety.models import Bank, PackagedRule, Rule, RuleBook, RuleVersion
from fairboard.screening.pack import Pack, default_packs, rule_from
from fairboard.screening.pack import Rule as Ready

log = logging.getLogger("fairboard.safety")
BOOK = 1
PACK = "desk"


@dataclass(frozen=True, slots=True)
class Acting:
    """What the gate must know of a rule beside what the screening does: which version, how severe, how delayed."""

    version: int | None
    severity: int
    delay_minutes: int


@dataclass(frozen=True)
class Ruleset:
    """The packs that judge, the rules that only watch, and what is known of each by its key."""

    edition: str
    packs: tuple[Pack, ...]
    shadow: tuple[Ready, ...] = ()
    known: Mapping[str, Acting] = field(default_factory=dict)
    broken: tuple[tuple[str, str], ...] = ()
    """Rules that could not be made ready, and why: they are left out."""
    has_banks: bool = False
    """Whether some hash bank is looked into."""


_kept: Ruleset | None = None
_from: Sequence[Pack] = ()
"""The packs the kept rules were made from; another folder of packs makes others."""
_lock = threading.Lock()


def current() -> Ruleset:
    """The rules as they act now."""
    global _kept, _from
    with connection.cursor() as cursor:  # asked for every batch: written as SQL, a tenth of the time
        cursor.execute("SELECT edition FROM safety_rulebook WHERE id = %s", [BOOK])
        found_row = cursor.fetchone()
    edition = found_row[0] if found_row else ""
    kept = _kept
    if kept is not None and kept.edition == edition and _from is default_packs():
        return kept
    with _lock:
        _from = default_packs()
        found = _read(edition)
        _kept = found
    return found


def changed() -> None:
    """Say within the running transaction that what the gate runs is another thing now."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Rules change in a transaction; there is none here.")
    RuleBook.objects.update_or_create(pk=BOOK, defaults={"edition": new_id()})


def ready(version: RuleVersion, key: str) -> Ready:
    """A version as the screening runs it; raises PackError where it cannot be compiled."""
    return rule_from(
        {
            "id": key,
            "policy": version.policy,
            "action": version.action,
            "when": version.when,
            "message": version.message,
            "owner": version.owner,
            "source": version.source,
        }
    )


def _read(edition: str) -> Ruleset:
    overridden = dict(PackagedRule.objects.values_list("key", "life"))
    packs, shadow, known = [], [], {}
    for pack in default_packs():
        shadow += [rule for rule in pack.rules if overridden.get(rule.id) == "shadow"]
        acting = tuple(rule for rule in pack.rules if overridden.get(rule.id, "live") == "live")
        packs.append(pack if len(acting) == len(pack.rules) else replace(pack, rules=acting))
        known.update({rule.id: Acting(None, 2, 0) for rule in pack.rules})
    own: list[Ready] = []
    broken: list[tuple[str, str]] = []
    for rule in Rule.objects.select_related("live", "shadow").order_by("pk"):
        for version, target in ((rule.live, own), (rule.shadow, shadow)):
            if version is None:
                continue
            try:
                target.append(ready(version, rule.key))
            except Exception as error:
                log.exception("the rule %s cannot be made ready: left out", rule.key)
                broken.append((rule.key, str(error)[:200]))
                continue
            if target is own or rule.live is None:
                known[rule.key] = Acting(version.pk, version.severity, version.delay_minutes)
            if target is shadow:
                known[_watching(rule.key)] = Acting(version.pk, version.severity, version.delay_minutes)
    banks = list(Bank.objects.filter(enabled=True).order_by("pk"))
    for bank in banks:
        own += _of_bank(bank)
        known[f"bank-{bank.public_id}"] = Acting(None, 5 if bank.action == "escalate" else 3, 0)
    if own:
        packs.append(Pack(PACK, edition, {}, (), tuple(own)))
    return Ruleset(edition, tuple(packs), tuple(shadow), known, tuple(broken), bool(banks))


def _of_bank(bank: Bank) -> list[Ready]:
    """What is done when a photo is in a bank; one set aside still asks for a person (see `bank_gate`)."""
    said = {
        "id": f"bank-{bank.public_id}",
        "policy": bank.policy,
        "message": gettext_noop("A photo is one that may not be published here."),
        "owner": "banks",
        "source": bank.source,
    }
    return [
        rule_from({**said, "action": bank.action, "when": f'"{bank.public_id}" in match.banks'}),
        rule_from({**said, "action": "hold", "when": f'"{bank.public_id}" in match.banks_set_aside'}),
    ]


def watching(ruleset: Ruleset, key: str) -> Acting | None:
    """What is known of a rule as it stands in shadow."""
    return ruleset.known.get(_watching(key)) or ruleset.known.get(key)


def _watching(key: str) -> str:
    return f"{key} (shadow)"
