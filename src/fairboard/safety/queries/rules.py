"""Rules as the desk reads them: how far each is, what it hits, how often people overturned it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from fairboard.fields import Choice, FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.queries import member_by_id
from fairboard.safety.gate import CHILD_POLICIES
from fairboard.safety.models import Case, PackagedRule, Rule, RuleHit, RuleVersion
from fairboard.screening import ENVIRONMENT, default_packs, policies


@dataclass(frozen=True, slots=True)
class Hits:
    """What a rule hit in the last 7 and 30 days, and what people said of the latter; None where one may not know."""

    week: int | None = 0
    month: int | None = 0
    upheld: int | None = 0
    overturned: int | None = 0

    @property
    def overturn_rate(self) -> float | None:
        """The part of hits people decided on that they overturned, None where they decided on none."""
        judged = (self.upheld or 0) + (self.overturned or 0)
        return (self.overturned or 0) / judged if judged else None


UNKNOWN = Hits(None, None, None, None)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list; ``live`` and ``shadow`` are version numbers, 0 for none. Packaged ones have no ``id``."""

    id: str
    key: str
    name: str
    life: str
    policy: str
    policy_name: str
    action: str
    severity: int
    owner: str
    newest: int
    live: int
    shadow: int
    has_mistake: bool
    changed_at: datetime | None
    hits: Hits = field(default_factory=Hits)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with what it changed: ``changes`` are (field, before, now)."""

    number: int
    when: str
    rows: dict[str, Any] | None
    policy: str
    action: str
    severity: int
    message: str
    note: str
    owner: str
    source: str
    delay_minutes: int
    created_by: str
    created_by_name: str
    at: datetime
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A step in a rule's life."""

    life: str
    number: int
    reason: str
    by: str
    at: datetime


def _newest(column: str) -> str:
    return f"(SELECT v.{column} FROM safety_ruleversion AS v WHERE v.id = safety_rule.newest_id)"


def rule_schema() -> Schema:
    """What rules can be filtered by."""
    named = tuple(Choice(code, policy.name) for code, policy in policies().items())
    lives = (
        Choice("draft", "Draft"), Choice("shadow", "In shadow"), Choice("live", "Live"), Choice("retired", "Retired")
    )  # fmt: skip
    actions = (
        Choice("allow", "Note it, and let it pass"), Choice("hold", "Hold it for a person"),
        Choice("reject", "Refuse it"), Choice("escalate", "Bring it to the urgent queue"),
    )  # fmt: skip
    return Schema(
        {
            "name": Column(FieldSpec("name", "Name", "text"), "safety_rule.name"),
            "life": Column(
                FieldSpec("life", "Life", "choice", choices=lives),
                "safety_rule.life",
            ),
            "policy": Column(FieldSpec("policy", "Policy", "choice", choices=named), _newest("policy")),
            "action": Column(
                FieldSpec("action", "Action", "choice", choices=actions),
                _newest("action"),
            ),
            "owner": Column(FieldSpec("owner", "Owner", "text"), _newest("owner")),
        }
    )


def rules(
    *, actor: Actor, at: datetime, tree: Node | None = None, cursor: str = "", size: int = 50
) -> Page[RuleRow]:  # fmt: skip
    """The desk's own rules of a filter by their keys; raises Forbidden."""
    _may(actor)
    found = narrowed(Rule.objects.select_related("newest", "live", "shadow"), tree, rule_schema()).order_by("key")
    if cursor:
        found = found.filter(key__gt=decode_cursor(cursor, [str])[0])
    kept = list(found[: size + 1])
    more = encode_cursor(kept[size - 1].key) if len(kept) > size else ""
    shown = kept[:size]
    counted = hits_of([one.key for one in shown], actor, at)
    return Page([_row(one, counted.get(one.key, Hits()), actor) for one in shown], next_cursor=more)


def packaged_rules(*, actor: Actor, at: datetime) -> list[RuleRow]:
    """The rules of the packaged policy packs with what was done with them; raises Forbidden."""
    _may(actor)
    lives = {one.key: one for one in PackagedRule.objects.all()}
    every = [rule for pack in default_packs() for rule in pack.rules]
    counted = hits_of([one.id for one in every], actor, at)
    known = policies()
    return [
        RuleRow(
            "", one.id, one.id.replace("-", " ").capitalize(), lives[one.id].life if one.id in lives else "live",
            one.policy, known[one.policy].name, str(one.action), 2, one.owner, 1, 1, 0, False,
            lives[one.id].at if one.id in lives else None,
            _allowed(counted.get(one.id, Hits()), one.policy, actor),
        )
        for one in every
    ]  # fmt: skip


def packaged_rule(*, key: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """One packaged rule: its row, what it says, and why it was moved; raises Forbidden, NotFound."""
    row = next((one for one in packaged_rules(actor=actor, at=at) if one.key == key), None)
    if row is None:
        raise NotFound
    rule = next(one for pack in default_packs() for one in pack.rules if one.id == key)
    return {"rule": row, "said": rule, "moved": PackagedRule.objects.filter(key=key).first()}


def rule_by_key(*, key: str, actor: Actor) -> RuleRow:
    """One rule by its key, without its figures; raises Forbidden, NotFound."""
    _may(actor)
    found = Rule.objects.select_related("newest", "live", "shadow").filter(key=key).first()
    if found is None:
        raise NotFound(f"There is no rule {key}.")
    return _row(found, Hits(), actor)


def rule(*, rule_id: str, actor: Actor, at: datetime) -> RuleRow:
    """One rule with its figures; raises Forbidden, NotFound."""
    _may(actor)
    found = Rule.objects.select_related("newest", "live", "shadow").filter(public_id=rule_id).first()
    if found is None:
        raise NotFound
    return _row(found, hits_of([found.key], actor, at).get(found.key, Hits()), actor)


def versions(*, rule_id: str, actor: Actor) -> list[VersionRow]:
    """The versions of a rule, the newest first, each with what it changed; raises Forbidden."""
    _may(actor)
    kept = list(RuleVersion.objects.filter(rule__public_id=rule_id).order_by("number"))
    names = {one: _name(one, actor) for one in {version.created_by for version in kept}}
    before: list[RuleVersion | None] = [None, *kept]
    found = [_version(one, old, names[one.created_by]) for old, one in zip(before, kept, strict=False)]
    return found[::-1]


def moves(*, rule_id: str, actor: Actor) -> list[MoveRow]:
    """The steps in a rule's life, the last first; raises NotFound, Forbidden."""
    _may(actor)
    kept = Rule.objects.filter(public_id=rule_id).first()
    if kept is None:
        raise NotFound
    return [
        MoveRow(one.life, one.version.number if one.version else 0, one.reason, _name(one.moved_by, actor), one.at)
        for one in kept.moves.select_related("version").order_by("-pk")[:50]
    ]


def hits_of(keys: Sequence[str], actor: Actor, at: datetime) -> dict[str, Hits]:
    """What rules hit in the last 30 days, without what the actor may not know of."""
    found = RuleHit.objects.filter(rule_key__in=keys, at__gt=at - timedelta(days=30))
    if not actor.can("desk.child"):
        found = found.exclude(submission__subject_id__in=Case.objects.filter(is_child=True).values("subject_id"))
    counted = found.values("rule_key").annotate(
        week=Count("pk", filter=Q(at__gt=at - timedelta(days=7))),
        month=Count("pk"),
        upheld=Count("pk", filter=Q(outcome="upheld")),
        overturned=Count("pk", filter=Q(outcome="overturned")),
    )
    return {
        one["rule_key"]: Hits(one["week"], one["month"], one["upheld"], one["overturned"]) for one in counted
    }  # fmt: skip


def may_know_figures(policy: str, actor: Actor) -> bool:
    """Whether an actor may know how often rules of a policy hit."""
    return policy not in CHILD_POLICIES or actor.can("desk.child")


def _allowed(hits: Hits, policy: str, actor: Actor) -> Hits:
    return hits if may_know_figures(policy, actor) else UNKNOWN


def _may(actor: Actor) -> None:
    if not actor.can("desk.view"):
        raise Forbidden


def _row(one: Rule, hits: Hits, actor: Actor) -> RuleRow:
    newest = one.newest
    policy = newest.policy if newest else ""
    known = policies().get(policy)
    return RuleRow(
        one.public_id, one.key, one.name, one.life, policy, known.name if known else policy,
        newest.action if newest else "", newest.severity if newest else 0, newest.owner if newest else "",
        newest.number if newest else 0, one.live.number if one.live else 0, one.shadow.number if one.shadow else 0,
        bool(newest and ENVIRONMENT.check(newest.when)), one.changed_at, _allowed(hits, policy, actor),
    )  # fmt: skip


SHOWN = ("when", "policy", "action", "severity", "message", "note", "owner", "source", "delay_minutes")


def _version(one: RuleVersion, before: RuleVersion | None, name: str) -> VersionRow:
    changes: Iterable[tuple[str, str, str]] = ()
    if before is not None:
        changes = (
            (name, str(getattr(before, name)), str(getattr(one, name)))
            for name in SHOWN
            if getattr(before, name) != getattr(one, name)
        )
    return VersionRow(
        one.number, one.when, one.rows, one.policy, one.action, one.severity, one.message, one.note, one.owner,
        one.source, one.delay_minutes, one.created_by, name, one.at, tuple(changes),
    )  # fmt: skip


def _name(member_id: str, actor: Actor) -> str:
    found = member_by_id(member_id, actor=actor) if member_id else None
    return found.display_name if found else ""
