"""The steps of a journey: a tree of lists, in which a branch has two lists and then goes on below itself.

As nothing can point backwards, a journey cannot go round in circles. Steps are kept as JSON objects with a ``key``
that is never used twice, a ``kind`` of `KINDS`, what belongs to the kind, and for a branch ``yes`` and ``no``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KINDS = ("mail", "wait", "branch", "update", "task", "campaign", "goal", "end")
WAITS = ("duration", "weekday", "date")
UNITS = {"minutes": 1, "hours": 60, "days": 1_440, "weeks": 10_080}
"""Minutes a unit of waiting has."""
ASKS = ("opened", "clicked", "replied", "condition")
ENTRIES = ("segment", "form", "created", "field", "event", "manual")
EXITS = ("reply", "unsubscribe", "segment")
MOST_STEPS = 60
MOST_DEPTH = 5
LONGEST_WAIT = 1_440 * 730
"""Minutes: two years."""
DEFAULTS: dict[str, dict[str, Any]] = {
    "mail": {"template": ""},
    "wait": {"mode": "duration", "amount": 1, "unit": "days"},
    "branch": {"ask": "opened", "condition": "", "yes": [], "no": []},
    "update": {"field": "", "value": ""},
    "task": {"subject": "", "days": 1},
    "campaign": {"campaign": "", "status": "sent"},
    "goal": {},
    "end": {},
}
"""What a new step of each kind holds."""


@dataclass(frozen=True, slots=True)
class Node:
    """A step with where it leads: ``after`` is the next step, ``yes`` and ``no`` those of a branch; "" is the end."""

    step: Mapping[str, Any]
    after: str
    yes: str = ""
    no: str = ""

    @property
    def kind(self) -> str:
        """The kind of step."""
        return str(self.step["kind"])


def flat(steps: Sequence[Mapping[str, Any]]) -> dict[str, Node]:
    """Every step by its key, in the order they are read."""
    found: dict[str, Node] = {}
    _flatten(steps, "", found)
    return {str(one["key"]): found[str(one["key"])] for one in walked(steps)}


def _flatten(steps: Sequence[Mapping[str, Any]], after: str, found: dict[str, Node]) -> str:
    for step in reversed(steps):
        key = str(step["key"])
        if step["kind"] == "branch":
            yes, no = (_flatten(step.get(way) or (), after, found) for way in ("yes", "no"))
            found[key] = Node(step, after, yes, no)
        else:
            found[key] = Node(step, "" if step["kind"] in {"goal", "end"} else after)
        after = key
    return after


def first(steps: Sequence[Mapping[str, Any]]) -> str:
    """The key of the step a journey begins with; "" of one without steps."""
    return str(steps[0]["key"]) if steps else ""


def walked(steps: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every step, those of a branch after it."""
    for step in steps:
        yield step
        if step["kind"] == "branch":
            yield from walked(step.get("yes") or ())
            yield from walked(step.get("no") or ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands: in which list (``root``, ``KEY.yes`` or ``KEY.no``), at which place, how deep."""

    where: str
    at: int
    depth: int


def places(steps: Sequence[Mapping[str, Any]], where: str = "root", depth: int = 0) -> dict[str, Place]:
    """The place of every step by its key."""
    found: dict[str, Place] = {}
    for number, step in enumerate(steps):
        found[str(step["key"])] = Place(where, number, depth)
        if step["kind"] == "branch":
            for way in ("yes", "no"):
                found |= places(step.get(way) or (), f"{step['key']}.{way}", depth + 1)
    return found


def _list_at(steps: list[Any], where: str) -> list[Any] | None:
    if where == "root":
        return steps
    key, _dot, way = where.partition(".")
    step = next((one for one in walked(steps) if one["key"] == key and one["kind"] == "branch"), None)
    if step is None or way not in {"yes", "no"}:
        return None
    found: list[Any] = step.setdefault(way, [])  # type: ignore[attr-defined]
    return found


def next_key(steps: Sequence[Mapping[str, Any]]) -> str:
    """A key no step has."""
    numbers = [int(str(one["key"])[1:]) for one in walked(steps) if str(one["key"])[1:].isdecimal()]
    return f"s{max(numbers, default=0) + 1}"


def add(steps: list[Any], kind: str, where: str, at: int, *, key: str) -> bool:
    """Put a new step into a list at a place; False where it cannot stand there."""
    aim = _list_at(steps, where)
    if kind not in KINDS or aim is None or sum(1 for _one in walked(steps)) >= MOST_STEPS:
        return False
    if kind == "branch" and where != "root" and places(steps)[where.partition(".")[0]].depth + 1 >= MOST_DEPTH:
        return False
    made = {"key": key, "kind": kind, **{name: _copy(value) for name, value in DEFAULTS[kind].items()}}
    aim.insert(max(0, min(at, len(aim))), made)
    return True


def _copy(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def remove(steps: list[Any], key: str) -> bool:
    """Take a step out, with what is in its branches."""
    place = places(steps).get(key)
    aim = _list_at(steps, place.where) if place else None
    if place is None or aim is None:
        return False
    del aim[place.at]
    return True


def move(steps: list[Any], key: str, by: int) -> bool:
    """Move a step up or down among those it stands with; beyond the end it leaves its branch."""
    place = places(steps).get(key)
    aim = _list_at(steps, place.where) if place else None
    if place is None or aim is None:
        return False
    goal = place.at + by
    if 0 <= goal < len(aim):
        aim.insert(goal, aim.pop(place.at))
        return True
    if place.where == "root":
        return False
    branch = place.where.partition(".")[0]
    outer = places(steps)[branch]
    above = _list_at(steps, outer.where)
    if above is None:
        return False
    above.insert(outer.at + (0 if by < 0 else 1), aim.pop(place.at))
    return True


def step_of(steps: Sequence[Mapping[str, Any]], key: str) -> Mapping[str, Any] | None:
    """The step of a key."""
    return next((one for one in walked(steps) if one["key"] == key), None)
