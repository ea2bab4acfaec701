"""Who says that a record may not leave: records of accounts on hold are in no file that leaves the CRM."""

from collections.abc import Callable, Collection
from datetime import datetime

from fairboard.kit.actors import Actor

Withhold = Callable[[Actor, Collection[int], datetime], set[int]]
_rules: list[Withhold] = []


def withhold(rule: Withhold) -> Withhold:
    """Register a rule: given rows of records, it returns those that stay here."""
    _rules.append(rule)
    return rule


def withheld(actor: Actor, pks: Collection[int], at: datetime) -> set[int]:
    """The rows of records that are left out of an export, by any rule."""
    found: set[int] = set()
    for rule in _rules:
        found |= rule(actor, pks, at)
    return found
