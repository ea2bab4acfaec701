"""Rules to test with."""

from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.safety.models import Rule, RuleVersion
from fairboard.safety.services import backtests
from fairboard.safety.services.rules import Draft, Written, promote, to_shadow, write


def draft(**changes: Any) -> Draft:
    """Holds every ad about wheels... that is to say: every bicycle of the tests."""
    values: dict[str, Any] = {
        "when": 'ad.category == "vehicles/bicycles"',
        "policy": "scam",
        "action": "hold",
        "message": "Bicycles are looked at first this week.",
    }
    return Draft(**{**values, **changes})


def written(author: Actor, at: datetime, key: str = "bicycles", **changes: Any) -> Written:
    """A rule kept as a draft."""
    return write(key=key, name=key.title(), draft=draft(**changes), actor=author, at=at)


def tried(rule: Written, actor: Actor, at: datetime) -> str:
    """A finished back-test of the version."""
    test = backtests.ask(rule_id=rule.rule_id, number=rule.number, actor=actor, at=at, in_background=False)
    while backtests.advance(test_id=test, at=at, seconds=5):
        pass
    return test


def live(author: Actor, lead: Actor, at: datetime, key: str = "bicycles", **changes: Any) -> Written:
    """A rule that acts."""
    rule = written(author, at, key, **changes)
    tried(rule, author, at)
    promote(rule_id=rule.rule_id, number=rule.number, actor=lead, at=at)
    return rule


def watching(author: Actor, at: datetime, key: str = "bicycles", **changes: Any) -> Written:
    """A rule in shadow."""
    rule = written(author, at, key, **changes)
    to_shadow(rule_id=rule.rule_id, number=rule.number, actor=author, at=at)
    return rule


def smuggled(rule: Written, when: str, at: datetime) -> None:
    """A live version whose condition no check has seen: what an upgrade may leave behind."""
    kept = Rule.objects.get(public_id=rule.rule_id)
    version = RuleVersion.objects.create(
        rule=kept, number=99, when=when, policy="scam", action="hold", message="Broken.", at=at
    )
    kept.live = version
    kept.save()
