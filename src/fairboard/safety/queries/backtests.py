"""Back-tests as the desk reads them: counts, an estimate of the precision, samples one may see."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.safety import registry
from fairboard.safety.models import BackTest
from fairboard.safety.queries.access import visible_submissions
from fairboard.safety.queries.rules import may_know_figures

STATES = ("allowed", "held", "refused", "upheld", "overturned")
MOST_SAMPLES = 50
MOST_CATEGORIES = 12


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A submission a version would have hit."""

    id: str
    title: str
    excerpt: str
    category: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BackTestRow:
    """A back-test. ``states`` counts what became of hits; ``precision`` is the part of hits decided by people that
    they upheld, with its 95 % Wilson interval; ``days`` and ``categories`` are (name, hits)."""

    id: str
    version: int
    against: int
    state: str
    since: datetime
    until: datetime
    at: datetime
    seen: int
    total: int
    hits: int
    unknown: int
    states: Mapping[str, int]
    added: int
    dropped: int
    precision: float | None
    interval: tuple[float, float] | None
    categories: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, int], ...]
    samples: tuple[SampleRow, ...]
    error: str = ""
    is_hidden: bool = False
    """Whether the figures are kept from this reader: those of child safety are a permission of their own."""


def back_test(*, test_id: str, actor: Actor) -> BackTestRow:
    """One back-test with its samples; raises Forbidden, NotFound."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = BackTest.objects.select_related("version", "against").filter(public_id=test_id).first()
    if found is None:
        raise NotFound
    return _row(found, actor)


def latest(*, rule_id: str, number: int, actor: Actor) -> BackTestRow | None:
    """The last back-test of a version; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    tests = BackTest.objects.select_related("version", "against").filter(version__rule__public_id=rule_id)
    found = tests.filter(version__number=number).order_by("-pk").first()
    return _row(found, actor) if found else None


def wilson(good: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson, 1927)."""
    z = 1.959964
    share, square = good / total, z * z / total
    middle = (share + square / 2) / (1 + square)
    half = z / (1 + square) * math.sqrt(share * (1 - share) / total + square / total / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _row(found: BackTest, actor: Actor) -> BackTestRow:
    tally = dict(found.open_tally)
    if actor.can("desk.child"):
        tally = _together(tally, found.child_tally)
    is_hidden = not may_know_figures(found.version.policy, actor)
    if is_hidden:
        tally = {}
    states = {name: tally.get(name, 0) for name in STATES}
    judged = states["upheld"] + states["overturned"]
    categories = sorted(tally.get("categories", {}).items(), key=lambda one: (-one[1], one[0]))
    return BackTestRow(
        found.public_id, found.version.number, found.against.number if found.against else 0, found.state,
        found.since, found.until, found.at, found.seen, found.total, tally.get("hits", 0), tally.get("unknown", 0),
        states, tally.get("added", 0), tally.get("dropped", 0), states["upheld"] / judged if judged else None,
        wilson(states["upheld"], judged) if judged else None,
        tuple((registry.names(code, "")[0], count) for code, count in categories[:MOST_CATEGORIES]),
        tuple(sorted(tally.get("days", {}).items())), _samples(tally, actor), found.error, is_hidden,
    )  # fmt: skip


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two tallies as one."""
    found: dict[str, Any] = {}
    for name in one.keys() | other.keys():
        a, b = one.get(name), other.get(name)
        if a is None or b is None:
            found[name] = b if a is None else a
        elif isinstance(a, dict):
            found[name] = {key: a.get(key, 0) + b.get(key, 0) for key in a.keys() | b.keys()}
        else:
            found[name] = sorted(a + b) if isinstance(a, list) else a + b
    return found


def _samples(tally: Mapping[str, Any], actor: Actor) -> tuple[SampleRow, ...]:
    states = {one[1]: one[2] for one in tally.get("samples", ())[:MOST_SAMPLES]}
    rows = visible_submissions(actor).filter(public_id__in=states).order_by("-pk")
    return tuple(
        SampleRow(
            one.public_id, str(one.fields.get("title") or one.fields.get("body") or "")[:100],
            str(one.fields.get("body") or "")[:160], registry.names(one.category, "")[0], states[one.public_id],
            one.submitted_at,
        )
        for one in rows
    )  # fmt: skip
