"""What the gate keeps of its rules: what each hit, which broke, and which refusals are put off.

A rule that breaks never stops the gate: it is left out and counted, the first time and then once an hour that is said
on the ledger, and after `MOST_FAILURES` it only watches.
"""

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, parts, ruleset
from fairboard.safety.models import DelayedRefusal, PackagedRule, Rule, RuleFailure, RuleHit, RuleMove
from fairboard.safety.parts import Judged
from fairboard.safety.ruleset import Ruleset
from fairboard.screening import Reason, Result, Verdict, default_packs

log = logging.getLogger("fairboard.safety")
MOST_FAILURES = 10
TOLD_EVERY = timedelta(hours=1)
GATE = Actor.system("gate")


def rules(at: datetime) -> tuple[Ruleset, bool]:
    """The rules as they act now, and whether they could be read: else the packaged ones judge and all is held."""
    try:
        with transaction.atomic():
            return ruleset.current(), True
    except Exception:
        log.exception("the rules cannot be read: held")
        parts.alarm("rules", "failed", at)
        return Ruleset("", tuple(default_packs())), False


def put_off(result: Result, active: Ruleset) -> Result:
    """A refusal that rests on delayed rules alone is held for now; it is carried out later, at random."""
    if result.verdict is not Verdict.REJECT or not _delays(result.reasons, active):
        return result
    return replace(result, verdict=Verdict.HOLD)


def told(verdict: str, reasons: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The reasons an author is told: none that would betray a refusal that is put off."""
    return [one for one in reasons if verdict != "hold" or one.get("action") != "reject"]


def severity(reasons: Iterable[Mapping[str, Any]], active: Ruleset) -> int:
    """The severity of a case that the gate opens: that of the most severe rule, 2 at least."""
    found = (active.known[one["rule"]].severity for one in reasons if one["rule"] in active.known)
    return max(found, default=2)


def keep(judged: Sequence[Judged], active: Ruleset, at: datetime) -> None:
    """Keep hits, failures and refusals put off; what goes wrong here raises an alarm and stops nothing."""
    try:
        with transaction.atomic():
            bulk.insert([hit for one in judged for hit in _hits(one, active, at)])
            bulk.insert([found for one in judged if (found := _delayed(one, active, at))])
            failed = [failure for one in judged for failure in one.result.failed]
            _count([*failed, *active.broken], {name for name, _why in active.broken}, at)
    except Exception:
        log.exception("what the rules did could not be kept")
        parts.alarm("rules", "failed", at)


def _hits(judged: Judged, active: Ruleset, at: datetime) -> Iterable[RuleHit]:
    for key in dict.fromkeys(reason.rule for reason in judged.result.reasons):
        if known := active.known.get(key):
            yield RuleHit(
                rule_key=key, version_id=known.version, submission=judged.submission, was_live=True, at=at
            )  # fmt: skip
    for key in judged.result.shadow:
        if known := ruleset.watching(active, key):
            yield RuleHit(
                rule_key=key, version_id=known.version, submission=judged.submission, was_live=False, at=at
            )  # fmt: skip


def _delays(reasons: Iterable[Reason], active: Ruleset) -> list[int]:
    """The delays of the rules that refuse, in minutes; none when one of them refuses at once."""
    refusing = [one.rule for one in reasons if one.action == "reject"]
    delays = [active.known[rule].delay_minutes if rule in active.known else 0 for rule in refusing]
    return delays if delays and all(delays) else []


def _delayed(judged: Judged, active: Ruleset, at: datetime) -> DelayedRefusal | None:
    reasons = [one for one in judged.result.reasons if one.action == "reject"]
    delays = _delays(reasons, active)
    if judged.result.verdict is not Verdict.HOLD or not delays:
        return None
    seconds = 1 + secrets.randbelow(min(delays) * 60)
    return DelayedRefusal(
        submission=judged.submission, rule_keys=[one.rule for one in reasons], policy=reasons[0].policy,
        reason_text=" ".join(dict.fromkeys(one.message for one in reasons)),
        carry_out_at=at + timedelta(seconds=seconds),
    )  # fmt: skip


def _count(failed: Sequence[tuple[str, str]], unready: set[str], at: datetime) -> None:
    """Count what broke; say it aloud now and then; have a rule that goes on breaking only watch."""
    for name in dict.fromkeys(name for name, _why in failed):
        times = sum(1 for one, _why in failed if one == name)
        row, _new = RuleFailure.objects.select_for_update().get_or_create(rule_key=name, defaults={"last_at": at})
        row.count, row.last_at = row.count + times, at
        if row.told_at is None or row.told_at <= at - TOLD_EVERY:
            row.told_at = at
            log.error("the rule %s broke: %s", name, next(why for one, why in failed if one == name))
            record(
                kind=events.RULE_FAILED, subject=Subject("gate", "rules"), actor=GATE, at=at,
                data={"rule": name, "count": row.count},
            )  # fmt: skip
        row.save()
        if row.count >= MOST_FAILURES:
            _stop(name, "draft" if name in unready else "shadow", at)


def _stop(key: str, life: str, at: datetime) -> None:
    """A rule that keeps breaking acts no more; one that cannot even be compiled is a draft again."""
    rule = Rule.objects.select_for_update(of=("self",)).filter(key=key).first()
    if rule is None:
        _stop_packaged(key, at)
        return
    if rule.live is None and (life == "shadow" or rule.shadow is None):
        return
    version = rule.live or rule.shadow
    rule.shadow, rule.live = (version if life == "shadow" else None), None
    rule.life, rule.changed_at = life, at
    rule.save()
    RuleMove.objects.create(rule=rule, version=version, life=life, reason="It broke too often while it ran.", at=at)
    ruleset.changed()
    record(
        kind=events.RULE_MOVED, subject=Subject("rule", rule.public_id), actor=GATE, at=at,
        data={"rule": key, "version": version.number if version else 0, "life": life, "broke": True},
    )  # fmt: skip


def _stop_packaged(key: str, at: datetime) -> None:
    packaged = {rule.id for pack in default_packs() for rule in pack.rules}
    if key not in packaged or PackagedRule.objects.filter(key=key).exclude(life="live").exists():
        return
    PackagedRule.objects.update_or_create(
        key=key, defaults={"life": "shadow", "reason": "It broke too often while it ran.", "changed_by": "", "at": at}
    )
    ruleset.changed()
    record(
        kind=events.RULE_MOVED, subject=Subject("rule", key), actor=GATE, at=at,
        data={"rule": key, "life": "shadow", "packaged": True, "broke": True},
    )  # fmt: skip
