"""What other subjects do with every write of a record, in its transaction.

A guard sees what is planned and may refuse it by raising a Problem; a listener sees what was written. Both are given
whole batches, so that an import costs one query where a page costs one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.models import Record
from fairboard.kit.actors import Actor


@dataclass(slots=True)
class Written:
    """A record that is, or is about to be, written. ``before`` is empty for a new one; ``event`` is 0 until written.

    ``changed`` names the keys whose values differ; ``owner``, ``record_type`` and ``deleted`` stand beside field keys.
    """

    record: Record
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: frozenset[str]
    is_new: bool
    event: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one type written together, by whom, when, and from where (page, api, import, automation...).

    ``override`` says that who writes has seen the duplicates there may be. ``rows`` of an import are made when somebody
    looks at them: who does not need them leaves them alone.
    """

    type: TypeInfo
    rows: Sequence[Written]
    actor: Actor
    at: datetime
    source: str
    override: bool = False


Hook = Callable[[Batch], None]
_guards: list[Hook] = []
_listeners: list[Hook] = []


def before_write(guard: Hook) -> Hook:
    """Register a guard: it runs before anything is saved, and refuses by raising."""
    _guards.append(guard)
    return guard


def on_written(listener: Hook) -> Hook:
    """Register a listener: it runs after the rows and their events are saved, in the same transaction."""
    _listeners.append(listener)
    return listener


def ask_guards(batch: Batch) -> None:
    """Let every guard look at what is planned."""
    for guard in _guards:
        guard(batch)


def tell_listeners(batch: Batch) -> None:
    """Tell every listener what was written."""
    for listener in _listeners:
        listener(batch)
