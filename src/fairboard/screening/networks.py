"""Networks of ads tied by shared evidence: how much a tie says, what joins, what a network looks like. Pure.

Each piece of evidence is an identifier found in several ads. What it says depends on its kind and on how widely it is
used: a town hall's telephone number must not join a city. Two ads are joined when one identifier they share, or two of
them together, reach `JOINS`. Nothing depends on the order in which ads came in.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, pairwise
from operator import attrgetter

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kind of evidence: the chance that two ads which share it are of one hand, and how much use is still normal.

    ``members``, ``places`` and ``ads`` are what one network explains; 0 stands for any number.
    """

    prior: float
    members: int
    places: int
    ads: int
    why: str


EVIDENCE: Mapping[str, Evidence] = {
    "phone": Evidence(0.95, 16, 16, 0, "A number is answered by somebody; few numbers are shared by strangers."),
    "email": Evidence(0.95, 16, 16, 0, "A mailbox is read by somebody."),
    "handle": Evidence(0.90, 16, 16, 0, "A name on another service; short ones are sometimes misread words."),
    "crypto": Evidence(0.95, 16, 32, 0, "An address to be paid at; exchanges give each customer one."),
    "payment": Evidence(0.95, 16, 32, 0, "A card or an account: who pays for an ad stands behind it."),
    "account": Evidence(0.95, 0, 0, 64, "One member's ads are of one hand; an account with very many is a dealer's."),
    "device": Evidence(0.85, 8, 16, 0, "A browser: households and libraries share one."),
    "photo": Evidence(0.70, 8, 16, 64, "The same file: makers' pictures and logos are copied by strangers."),
    "template": Evidence(0.60, 8, 16, 64, "Texts that differ in a few slots: phrases of a trade are common property."),
    "url": Evidence(0.50, 4, 8, 64, "A page: sellers quote makers and news, and companies their own."),
}
"""Weights by judgement, in the order found by studies of advertising networks: telephone numbers tie best, pictures and
phrases need a second piece (Dubrawski et al. 2015, Leveraging publicly available data to discern patterns of
human-trafficking activity; Portnoff et al. 2017, Backpage and Bitcoin; Lee et al. 2021, InfoShield). An operator's own
labelled networks are a better source; the table is the one place to change."""
JOINS = 0.8
"""From here on two ads are of one network: phone alone; photo and template together; never a photo alone."""
DEAD = 8.0
"""An identifier used this many times more widely than one network explains says nothing any more."""
WINDOW = 256
"""Postings of a network that growth and rhythm are read from, the newest."""
RHYTHM = 64
"""Postings that make a rhythm, the newest."""
LEAST_RHYTHM = 5


@dataclass(frozen=True, slots=True)
class Tie:
    """One identifier (by its key) in one ad; ``subject``, ``member`` and ``place`` are opaque, ``at`` in seconds."""

    key: int
    kind: str
    subject: str
    member: str
    place: str
    at: float


@dataclass(frozen=True, slots=True)
class Post:
    """An ad of a network: who placed it, where, when (seconds), and whether it was refused."""

    member: str
    place: str
    at: float
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """A network in figures: the features ``network.*`` of rules.

    ``growth`` counts postings of the last 7 days up to `WINDOW`; ``rhythm`` and ``risk`` are 0 to 1.
    """

    size: int = 0
    members: int = 0
    places: int = 0
    growth: int = 0
    refused: int = 0
    rhythm: float = 0.0
    risk: float = 0.0
    stands_out: bool = False

    def to_features(self) -> dict[str, int | float | bool]:
        """By name, as rules see them."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def weight(kind: str, *, ads: int, members: int, places: int) -> float:
    """How much an identifier says, 0 to 1: its prior, halved with each doubling beyond what one network explains.

    Up to the allowed number of members, places and ads the prior holds; up to twice that half of it; from `DEAD` times
    on nothing. In steps on purpose: it changes four times in an identifier's life, so networks are seldom redone.
    """
    allowed = EVIDENCE[kind]
    excess = max(
        members / allowed.members if allowed.members else 0.0,
        places / allowed.places if allowed.places else 0.0,
        ads / allowed.ads if allowed.ads else 0.0,
    )
    share = 1.0
    while excess > 1.0:
        share, excess = share / 2, excess / 2
    return allowed.prior * share if share > 1 / (2 * DEAD) else 0.0


def strength(weights: Iterable[float]) -> float:
    """Several pieces of evidence as one: noisy-or, each piece failing on its own."""
    return 1.0 - math.prod(1.0 - one for one in weights)


def joins(*weights: float) -> bool:
    """Whether evidence is enough for two ads to be of one network."""
    return strength(weights) >= JOINS - 1e-9


def weak_pairs(weights: Mapping[int, float]) -> list[tuple[int, int]]:
    """Pairs of keys of one ad that join together though neither does alone, the lesser key first."""
    weak = sorted(key for key, one in weights.items() if one and not joins(one))
    return [(one, other) for one, other in combinations(weak, 2) if joins(weights[one], weights[other])]


def weights_of(ties: Iterable[Tie]) -> dict[int, float]:
    """The weight of each key, from everything it is used in."""
    kinds: dict[int, str] = {}
    use: dict[int, tuple[set[str], set[str], set[str]]] = {}
    for tie in ties:
        kinds[tie.key] = tie.kind
        ads, members, places = use.setdefault(tie.key, (set(), set(), set()))
        ads.add(tie.subject)
        members.add(tie.member)
        if tie.place:
            places.add(tie.place)
    return {
        key: weight(kinds[key], ads=len(ads), members=len(members), places=len(places))
        for key, (ads, members, places) in use.items()
    }


class Sets:
    """Disjoint sets of subjects; the least subject stands for its set."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, one: str) -> str:
        """Who stands for the set of a subject."""
        root = one
        while (above := self._parent.get(root, root)) != root:
            root = above
        while (above := self._parent.get(one, one)) != root:
            self._parent[one], one = root, above
        return root

    def join(self, one: str, other: str) -> None:
        """Make one set of two."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parent.setdefault(low, low)
        self._parent[high] = low

    def groups(self) -> list[list[str]]:
        """Every set of two or more, sorted."""
        found: dict[str, list[str]] = {}
        for one in self._parent:
            found.setdefault(self.find(one), []).append(one)
        return sorted(sorted(group) for group in found.values() if len(group) > 1)


def components(held: Mapping[str, Iterable[int]], weights: Mapping[int, float]) -> list[list[str]]:
    """The networks among subjects, given the keys each holds and what each key weighs; alone is no network."""
    sets = Sets()
    first: dict[int | tuple[int, int], str] = {}
    for subject, keys in held.items():
        known = {key: weights.get(key, 0.0) for key in keys}
        joining: list[int | tuple[int, int]] = [key for key, one in known.items() if joins(one)]
        joining += weak_pairs(known)
        for key in joining:
            anchor = first.setdefault(key, subject)
            if anchor != subject:
                sets.join(anchor, subject)
    return sets.groups()


def networks(ties: Sequence[Tie]) -> list[list[str]]:
    """The networks in a batch of ties, each as its sorted subjects."""
    held: dict[str, set[int]] = {}
    for tie in ties:
        held.setdefault(tie.subject, set()).add(tie.key)
    return components(held, weights_of(ties))


def figures(posts: Sequence[Post], at: float) -> Figures:
    """A network in figures, all its postings given; ``at`` is the moment looked back from."""
    recent = sorted(posts, key=attrgetter("at"))[-WINDOW:]
    return figures_of(
        size=len(posts), members=len({one.member for one in posts}), places=len({one.place for one in posts} - {""}),
        refused=sum(one.refused for one in posts), recent=recent, at=at,
    )  # fmt: skip


def figures_of(*, size: int, members: int, places: int, refused: int, recent: Sequence[Post], at: float) -> Figures:
    """A network in figures from its counts and its newest postings, the oldest first, at most `WINDOW`."""
    growth = sum(1 for one in recent if one.at > at - 7 * DAY)
    regular = rhythm([one.at for one in recent])
    hands = min(1.0, (members - 1) / 4)
    spread = min(1.0, (places - 1) / 3) if members > 1 else 0.0
    risk = strength((
        0.4 * max(0.0, hands),
        0.4 * max(0.0, spread),
        0.3 * min(1.0, growth / 10) * max(0.0, hands),
        min(0.9, 0.5 + refused / size) if refused else 0.0,
        0.15 * regular,
    ))  # fmt: skip
    return Figures(
        size, members, places, growth, refused, round(regular, 4), round(risk, 4),
        (refused > 0 and members > 1) or _spreads(recent, at),
    )  # fmt: skip


def _spreads(recent: Sequence[Post], at: float) -> bool:
    """Within 14 days five ads by three members in two places: more than a household or a shop with its staff."""
    new = [one for one in recent if one.at > at - 14 * DAY]
    return len(new) >= 5 and len({one.member for one in new}) >= 3 and len({one.place for one in new} - {""}) >= 2


def rhythm(times: Sequence[float]) -> float:
    """How regular postings are, 0 to 1: even gaps, or days apart always at one time of day.

    Gaps: 1 less their coefficient of variation, which is 1 where postings come at random (Poisson). Time of day: the
    length of the mean vector on the clock, from 0.7 on, where they lie on three days or more. Fewer than
    `LEAST_RHYTHM` postings, or all at one moment as in an import, have none.
    """
    times = sorted(times)[-RHYTHM:]
    if len(times) < LEAST_RHYTHM or times[0] == times[-1]:
        return 0.0
    gaps = [later - earlier for earlier, later in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((one - mean) ** 2 for one in gaps) / len(gaps)) / mean
    clock = 0.0
    if len({one // DAY for one in times}) >= 3:
        angles = [one % DAY / DAY * math.tau for one in times]
        length = math.hypot(sum(map(math.cos, angles)), sum(map(math.sin, angles))) / len(times)
        clock = max(0.0, (length - 0.7) / 0.3)
    return min(1.0, max(0.0, 1.0 - spread, clock))
