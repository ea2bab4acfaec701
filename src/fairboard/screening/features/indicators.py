"""Indicators: signs that mean little alone and much together, each with a weight and a source.

A pack says what to look for; here is how several add up. Weights are combined as if independent
(noisy-or, Pearl 1988, section 4.3.2): 1 - product of (1 - weight), each indicator counted once.
"""

from collections.abc import Iterable
from math import prod
from typing import Any

from fairboard.screening.model import Indicator

GROUPS = {
    "age": "Ages told or implied that need a look",
    "voice": "Somebody speaks for others, or is said to be new in town",
    "movement": "People moved about: short stays, many cities, journeys paid",
    "control": "Papers kept, debts worked off, isolation",
    "recruitment": "Recruitment that promises too much or asks for the wrong things",
    "payment": "Payment ahead or by ways that cannot be taken back",
    "scam": "Lures known from fraud",
    "disguise": "Contacts or letters in disguise",
}
"""The kinds of indicators, with what their score says."""
EXPLOITATION = ("age", "voice", "movement", "control", "recruitment")
FRAUD = ("payment", "scam")
_NONE: dict[str, Any] = {
    "count": 0, "score": 0.0, **dict.fromkeys(GROUPS, 0.0), "exploitation": 0.0, "exploitation_groups": 0, "fraud": 0.0,
}  # fmt: skip


def together(weights: Iterable[float]) -> float:
    """Weights of 0 to 1 as one."""
    return 1.0 - prod(1.0 - weight for weight in weights)


def scores(found: Iterable[Indicator]) -> dict[str, Any]:
    """The features of the ``indicator`` group."""
    weights = {one.id: (one.group, one.weight) for one in found}
    if not weights:
        return _NONE
    by_group = {
        group: together(weight for of, weight in weights.values() if of == group) for group in GROUPS
    }  # fmt: skip
    return {
        "count": len(weights),
        "score": together(weight for _group, weight in weights.values()),
        **by_group,
        "exploitation": together(by_group[group] for group in EXPLOITATION),
        "exploitation_groups": sum(by_group[group] > 0 for group in EXPLOITATION),
        "fraud": together(by_group[group] for group in FRAUD),
    }
