"""Networks in batch: the same answer as ties coming in one by one, over all ties at once.

The counting and the pairing run as ibis expressions on the engine that holds the ties; what is left, one edge for each
use of an identifier that joins, is put together in numpy. Import this only where a batch is run: it loads both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt

from fairboard.screening.networks import DEAD, EVIDENCE, JOINS

Numbers = npt.NDArray[np.int64]
SCHEMA = {"key": "int64", "kind": "string", "subject": "string", "member": "string", "place": "string", "at": "float64"}
"""A table of ties; an ad may hold a key once. ``at`` in seconds."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Every network: the ads in one and, of each, the first of its network, which stands for it. Sorted by ad."""

    subjects: npt.NDArray[np.object_]
    firsts: npt.NDArray[np.object_]

    def groups(self) -> list[list[str]]:
        """The ads of each network, sorted."""
        found: dict[str, list[str]] = {}
        for subject, first in zip(self.subjects.tolist(), self.firsts.tolist(), strict=True):
            found.setdefault(first, []).append(subject)
        return sorted(sorted(one) for one in found.values())


def uses(ties: Any) -> Any:
    """How widely each key is used, and what it weighs: ``key, kind, ads, members, places, weight``."""
    counted = ties.group_by("key").agg(
        kind=ties.kind.min(),
        ads=ties.subject.nunique(),
        members=ties.member.nunique(),
        places=ties.place.nullif("").nunique(),
    )
    return counted.mutate(weight=_weight(counted))


def _weight(counted: Any) -> Any:
    """`fairboard.screening.networks.weight` as an expression."""
    kinds = [(counted.kind == kind, one) for kind, one in EVIDENCE.items()]
    prior = ibis.cases(*((is_it, one.prior) for is_it, one in kinds), else_=0.0)

    def over(column: Any, name: str) -> Any:
        allowed = ibis.cases(*((is_it, float(getattr(one, name))) for is_it, one in kinds), else_=1.0)
        return ibis.ifelse(allowed > 0, column / ibis.ifelse(allowed > 0, allowed, 1.0), 0.0)

    excess = ibis.greatest(over(counted.members, "members"), over(counted.places, "places"), over(counted.ads, "ads"))
    steps, share, limit = [], 1.0, 1.0
    while limit <= DEAD:
        steps.append((excess <= limit, share))
        share, limit = share / 2, limit * 2
    return prior * ibis.cases(*steps, else_=0.0)


def edges(ties: Any) -> Any:
    """Pairs of ads that belong together: each ``subject`` with the ``first`` that holds the same evidence."""
    known = uses(ties)
    shared = known.filter((known.ads > 1) & (known.weight > 0))
    held = ties.join(shared, "key").select("key", "subject", "weight").distinct()
    alone = held.filter(held.weight >= JOINS - 1e-9)
    strong = alone.mutate(first=alone.subject.min().over(ibis.window(group_by="key"))).select("first", "subject")
    weak = held.filter(held.weight < JOINS - 1e-9)
    other = weak.view()
    pairs = weak.join(
        other,
        [
            weak.subject == other.subject,
            weak.key < other.key,
            1.0 - (1.0 - weak.weight) * (1.0 - other.weight) >= JOINS - 1e-9,
        ],
    ).select(one=weak.key, two=other.key, subject=weak.subject)
    paired = pairs.mutate(first=pairs.subject.min().over(ibis.window(group_by=["one", "two"]))).select(
        "first", "subject"
    )
    both = strong.union(paired)
    return both.filter(both.first != both.subject).distinct()


def networks(ties: Any) -> Networks:
    """Every network in a table of ties (see `SCHEMA`), whichever engine it is on."""
    found = edges(ties).to_pyarrow()
    firsts = found["first"].to_numpy(zero_copy_only=False).astype(object)
    others = found["subject"].to_numpy(zero_copy_only=False).astype(object)
    if not len(firsts):
        return Networks(np.empty(0, dtype=object), np.empty(0, dtype=object))
    subjects, codes = np.unique(np.concatenate((firsts, others)).astype(str), return_inverse=True)
    labels = connected(len(subjects), codes[: len(firsts)], codes[len(firsts) :])
    return Networks(subjects.astype(object), subjects[labels].astype(object))


def connected(count: int, ones: Numbers, others: Numbers) -> Numbers:
    """The least node each of ``count`` nodes is connected with; edges join ``ones[i]`` and ``others[i]``.

    The larger root of each edge is hung on the lesser, then every node on its root: about log(count) rounds
    (Shiloach and Vishkin 1982).
    """
    labels: Numbers = np.arange(count, dtype=np.int64)
    while True:
        one, other = labels[ones], labels[others]
        if (one == other).all():
            return labels
        least, most = np.minimum(one, other), np.maximum(one, other)
        np.minimum.at(labels, most, least)
        while not (labels[labels] == labels).all():
            labels = labels[labels]


def table(engine: Any, columns: Mapping[str, Any]) -> Any:
    """A table of ties on an engine, from columns as sequences (see `SCHEMA`)."""
    return engine.create_table("ties", ibis.memtable(dict(columns), schema=SCHEMA), overwrite=True)
