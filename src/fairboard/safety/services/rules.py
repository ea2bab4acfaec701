"""Writing rules and moving them through their life: draft, shadow, live, retired.

A version never changes; another text is another version. A rule with a mistake stays a draft.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record
from fairboard.rules import Problem
from fairboard.rules import rows as rule_rows
from fairboard.safety import events, ruleset
from fairboard.safety.gate import CHILD_POLICIES
from fairboard.safety.models import BackTest, PackagedRule, Rule, RuleFailure, RuleMove, RuleVersion
from fairboard.safety.models.rules import ACTIONS
from fairboard.screening import ENVIRONMENT, default_packs, policies

LONGEST_DELAY = 7 * 24 * 60
"""Minutes a refusal may be put off: a week."""
KEY = re.compile(r"^[a-z0-9][a-z0-9-]{1,59}$")


class NotReady(Conflict):
    """A rule that cannot go where it was sent: it has a mistake, or was not tried yet."""

    code = "rule-not-ready"


class FourEyes(Forbidden):
    """Whoever wrote a version does not put it live."""

    code = "four-eyes"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version of a rule says. ``rows`` win over ``when`` where they are given."""

    when: str = ""
    policy: str = ""
    action: str = "hold"
    message: str = ""
    rows: dict[str, Any] | None = None
    severity: int = 2
    note: str = ""
    owner: str = ""
    source: str = ""
    delay_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A version as it was kept; ``number`` counts from 1, ``is_new`` is false where nothing differed."""

    rule_id: str
    key: str
    number: int
    is_new: bool
    version_pk: int


def write(
    *, key: str, name: str, draft: Draft, actor: Actor, at: datetime, must_be_new: bool = False
) -> Written:  # fmt: skip
    """Keep a new version of a rule as a draft; the rule is made when there is none of this key.

    A condition that does not compile is kept too: it just never gets further. Raises Forbidden, Invalid, Conflict.
    """
    if not actor.can("rules.edit"):
        raise Forbidden(_("Only safety staff write rules."))
    values = checked(key, name, draft)
    with transaction.atomic():
        rule = Rule.objects.select_for_update(of=("self",)).select_related("newest").filter(key=key).first()
        if rule is not None and must_be_new:
            raise Invalid(_("There is a rule of this key already."), field="key")
        if rule is None:
            rule = _new_rule(key, name, at)
        elif rule.newest is not None and rule.name == name.strip() and same(rule.newest, values):
            return Written(rule.public_id, rule.key, rule.newest.number, False, rule.newest.pk)
        number = rule.newest.number + 1 if rule.newest else 1
        version = RuleVersion.objects.create(rule=rule, number=number, created_by=actor.id, at=at, **values)
        rule.newest, rule.name, rule.changed_at = version, name.strip(), at
        if rule.life == "retired":
            rule.life = "draft"
        rule.save()
        _record(events.RULE_WRITTEN, rule, actor, at, {"version": number, "action": version.action})
    return Written(rule.public_id, rule.key, number, True, version.pk)


def to_shadow(*, rule_id: str, number: int, actor: Actor, at: datetime, reason: str = "") -> None:
    """Have a version watch without acting; a live version of the same number stops acting.

    Raises Forbidden, NotFound, NotReady.
    """
    with transaction.atomic():
        rule, version = _found(rule_id, number)
        is_live = rule.live_id == version.pk
        _may(actor, "rules.promote" if is_live else "rules.edit")
        compilable(version)
        if is_live:
            rule.live = None
        rule.shadow = version
        _settle(rule, "shadow", version, actor, at, reason)


def promote(*, rule_id: str, number: int, actor: Actor, at: datetime, reason: str = "") -> None:
    """Have a version act; the version before it ends.

    It needs a finished back-test of this very version and, where four eyes are asked for, somebody else than its
    author. Raises Forbidden, FourEyes, NotFound, NotReady.
    """
    _may(actor, "rules.promote")
    with transaction.atomic():
        rule, version = _found(rule_id, number)
        compilable(version)
        if settings.RULES_FOUR_EYES and actor.kind == "member" and actor.id == version.created_by:
            raise FourEyes(_("Somebody else than its author puts a rule live."))
        if not BackTest.objects.filter(version=version, state="done").exists():
            raise NotReady(_("Try this version on history first: it has no finished back-test."))
        rule.live = version
        if rule.shadow_id == version.pk:
            rule.shadow = None
        RuleFailure.objects.filter(rule_key=rule.key).delete()
        _settle(rule, "live", version, actor, at, reason)


def retire(*, rule_id: str, actor: Actor, at: datetime, reason: str) -> None:
    """Have a rule neither act nor watch any more. Raises Forbidden, NotFound, Invalid without a reason."""
    if not reason.strip():
        raise Invalid(_("Say why this rule ends."), field="reason")
    with transaction.atomic():
        rule = _rule(rule_id)
        _may(actor, "rules.promote" if rule.live_id else "rules.edit")
        last = rule.live or rule.shadow or rule.newest
        rule.live = rule.shadow = None
        _settle(rule, "retired", last, actor, at, reason)


def move_packaged(*, key: str, life: str, actor: Actor, at: datetime, reason: str) -> None:
    """Put a rule of a packaged policy pack to shadow, retire it, or have it act again. Raises as `retire` does."""
    _may(actor, "rules.promote")
    if key not in {rule.id for pack in default_packs() for rule in pack.rules}:
        raise NotFound(_("There is no such rule."))
    if life not in {"live", "shadow", "retired"}:
        raise Invalid(_("There is no such life of a rule."), field="life")
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    with transaction.atomic():
        PackagedRule.objects.update_or_create(
            key=key, defaults={"life": life, "reason": reason.strip()[:500], "changed_by": actor.id, "at": at}
        )
        RuleFailure.objects.filter(rule_key=key).delete()
        ruleset.changed()
        record(
            kind=events.RULE_MOVED, subject=Subject("rule", key), actor=actor, at=at,
            data={"rule": key, "life": life, "packaged": True},
        )  # fmt: skip


def checked(key: str, name: str, draft: Draft) -> dict[str, Any]:
    """The values of a version; raises Invalid naming each field. A condition's mistakes are no part of that."""
    errors = [{"field": field, "message": message} for field, message in _mistakes(key, name, draft)]
    when, rows = draft.when.strip(), draft.rows
    if rows is not None:
        try:
            when = rule_rows.to_cel(rows, ENVIRONMENT)
            rows = rule_rows.normal(rows)
        except rule_rows.RowError as error:
            errors += [
                {"field": f"rows.{one.path}.{one.field}".replace("..", "."), "message": sentence(one)}
                for one in error.problems
            ]
    elif not ENVIRONMENT.check(when):
        rows = rule_rows.from_cel(when, ENVIRONMENT)
    if errors:
        raise Invalid(_("The rule is not complete."), errors=errors)
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(draft).items()}
    return {**kept, "when": when, "rows": rows}


def sentence(one: rule_rows.RowProblem | Problem) -> str:
    """What is wrong with a condition, in the reader's language."""
    said = _(one.text)
    return said % one.values if one.values else said


def same(version: RuleVersion, values: Mapping[str, Any]) -> bool:
    """Whether a version says exactly this."""
    return all(getattr(version, name) == value for name, value in values.items() if name != "rows")


def compilable(version: RuleVersion) -> None:
    """Raise NotReady where a version has a mistake: it can be nothing but a draft."""
    problems = ENVIRONMENT.check(version.when)
    if problems:
        first = problems[0]
        where = {"line": first.line, "column": first.column, "message": sentence(first)}
        raise NotReady(
            _("This rule has a mistake in line %(line)s, column %(column)s: %(message)s It stays a draft.") % where,
            line=first.line,
            column=first.column,
        )
    if version.policy not in policies():
        raise NotReady(_("The policy of this rule is not one of the market's any more. It stays a draft."))


def _mistakes(key: str, name: str, draft: Draft) -> list[tuple[str, str]]:
    found = []
    if not KEY.match(key):
        found.append(("key", _("2 to 60 small letters, digits and hyphens.")))
    elif key in {rule.id for pack in default_packs() for rule in pack.rules}:
        found.append(("key", _("A packaged rule has this key; choose another.")))
    if not 1 <= len(name.strip()) <= 120:
        found.append(("name", _("Give a name of up to 120 characters.")))
    if draft.rows is None and not draft.when.strip():
        found.append(("when", _("Write a condition.")))
    if len(draft.when) > 4_000:
        found.append(("when", _("A condition can be 4,000 characters long.")))
    if draft.policy not in policies():
        found.append(("policy", _("Choose the policy this rule stands for.")))
    if draft.action not in ACTIONS:
        found.append(("action", _("Choose what the rule does.")))
    elif draft.policy in CHILD_POLICIES and draft.action != "escalate":
        found.append(("action", _("What may endanger a child is always brought before trained staff: escalate.")))
    if not 1 <= draft.severity <= 5:
        found.append(("severity", _("A severity from 1 to 5.")))
    if not 5 <= len(draft.message.strip()) <= 500:
        found.append(("message", _("Tell the author why, in a sentence of up to 500 characters.")))
    if not 0 <= draft.delay_minutes <= LONGEST_DELAY:
        found.append(("delay_minutes", _("0 for at once, at most a week.")))
    elif draft.delay_minutes and draft.action != "reject":
        found.append(("delay_minutes", _("Only a refusal can be put off.")))
    limits = (("note", draft.note, 4_000), ("owner", draft.owner, 80), ("source", draft.source, 500))
    found += [(field, _("This is too long.")) for field, value, longest in limits if len(value) > longest]
    texts = ("name", name), ("when", draft.when), ("message", draft.message), *((one[0], one[1]) for one in limits)
    found += [(field, _("This holds a character that cannot be kept.")) for field, text in texts if "\0" in text]
    return found


def _new_rule(key: str, name: str, at: datetime) -> Rule:
    try:
        with transaction.atomic():
            return Rule.objects.create(key=key, name=name.strip(), created_at=at, changed_at=at)
    except IntegrityError as error:
        raise Conflict(_("Somebody made a rule of this key at the same moment. Please look again.")) from error


def _may(actor: Actor, permission: str) -> None:
    if not actor.can(permission):
        raise Forbidden(_("You may not do this with a rule; ask the lead of the desk."))


def _rule(rule_id: str) -> Rule:
    rule = Rule.objects.select_for_update(of=("self",)).filter(public_id=rule_id).first()
    if rule is None:
        raise NotFound(_("There is no such rule."))
    return rule


def _found(rule_id: str, number: int) -> tuple[Rule, RuleVersion]:
    rule = _rule(rule_id)
    version = RuleVersion.objects.filter(rule=rule, number=number).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return rule, version


def _settle(
    rule: Rule, life: str, version: RuleVersion | None, actor: Actor, at: datetime, reason: str
) -> None:  # fmt: skip
    """Keep where a rule stands now; the gate runs something else from the commit on."""
    rule.life = "live" if rule.live_id else "shadow" if rule.shadow_id else life
    rule.changed_at = at
    rule.save()
    ruleset.changed()
    number = version.number if version else 0
    _record(events.RULE_MOVED, rule, actor, at, {"version": number, "life": life, "has_reason": bool(reason.strip())})
    RuleMove.objects.create(
        rule=rule, version=version, life=life, reason=reason.strip()[:500], moved_by=actor.id, at=at
    )


def _record(kind: str, rule: Rule, actor: Actor, at: datetime, data: dict[str, Any]) -> None:
    record(
        kind=kind, subject=Subject("rule", rule.public_id), actor=actor, at=at,
        data={"rule": rule.key, **data},
    )  # fmt: skip
