"""Networks of linked ads as the desk reads them; one with a child-safety case is seen with that permission only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import F, QuerySet

from fairboard.fields import FieldSpec
from fairboard.filters import Column, Node, Schema
from fairboard.kit.actors import Actor
from fairboard.kit.lists import day_of, narrowed
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.people.queries import names_of
from fairboard.safety import registry, ties
from fairboard.safety.models import Case, Network, NetworkMember, Submission, Tie
from fairboard.safety.queries.access import may_see, visible_cases
from fairboard.screening.networks import joins

MOST_ADS = 200
"""Ads of a network that its page lists, the newest."""
MOST_EVIDENCE = 100


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network in figures; ``case_id`` is the case about it, empty for none."""

    id: str
    size: int
    members: int
    places: int
    growth: int
    refused: int
    rhythm: float
    risk: float
    stands_out: bool
    first_at: datetime | None
    last_at: datetime | None
    case_id: str


@dataclass(frozen=True, slots=True)
class LinkedAd:
    """An ad of a network; ``case_id`` is its newest case, ``evidence`` the keys (as text) it shares with others."""

    kind: str
    subject_id: str
    title: str
    url: str
    state: str
    author_id: str
    author_name: str
    place: str
    place_name: str
    posted_at: datetime
    is_refused: bool
    case_id: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """An identifier that ads of a network share.

    ``value`` is read from the submissions' own contacts, empty where it is none (a photo, a template, a device);
    ``strength`` what it says, 0 to 1; ``ads`` and ``members`` count its use everywhere, ``here`` its ads listed.
    """

    key: str
    kind: str
    value: str
    strength: float
    is_enough: bool
    here: int
    ads: int
    members: int
    places: int


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """A network with its ads, newest first, and what ties them, strongest first."""

    network: NetworkRow
    ads: Sequence[LinkedAd]
    evidence: Sequence[Shared]
    more_ads: int


@lru_cache(maxsize=1)
def network_schema() -> Schema:
    """What networks can be filtered by."""
    specs = (
        FieldSpec("size", "Ads", "number"),
        FieldSpec("members", "Members", "number"),
        FieldSpec("places", "Places", "number"),
        FieldSpec("refused", "Refused", "number"),
        FieldSpec("risk", "Risk", "number", decimals=2),
        FieldSpec("stands_out", "Stands out", "yesno"),
    )
    columns = {spec.key: Column(spec, f"safety_network.{spec.key}") for spec in specs}
    columns["last"] = Column(FieldSpec("last", "Last ad", "date"), day_of("safety_network.last_at"))
    return Schema(columns)


def visible_networks(actor: Actor) -> "QuerySet[Network]":
    """The networks an actor of the desk may know of."""
    if not actor.can("desk.view"):
        return Network.objects.none()
    found = Network.objects.filter(merged_into=None, size__gt=1)
    if actor.can("desk.child"):
        return found
    children = Case.objects.filter(is_child=True).values("subject_id")
    hidden = NetworkMember.objects.filter(subject_id__in=children, network__isnull=False).values("network_id")
    return found.exclude(pk__in=hidden)


def networks(*, actor: Actor, tree: Node | None = None, cursor: str = "", size: int = 30) -> Page[NetworkRow]:
    """Networks of a filter by two members or more, those of the highest risk first; raises Forbidden."""
    if not actor.can("desk.view"):
        raise Forbidden
    found = narrowed(visible_networks(actor).filter(members__gte=2), tree, network_schema()).order_by("-risk", "-pk")
    if cursor:
        risk, pk = decode_cursor(cursor, [float, int])
        found = found.extra(
            where=["(safety_network.risk < %s OR (safety_network.risk = %s AND safety_network.id < %s))"],
            params=[risk, risk, pk],
        )
    rows = list(found[: size + 1])
    more = encode_cursor(float(rows[size - 1].risk), rows[size - 1].pk) if len(rows) > size else ""
    shown = _open_to(actor, {one.case_id for one in rows})
    return Page([_row(one, shown) for one in rows[:size]], next_cursor=more)


def network_of(*, kind: str, subject_id: str, actor: Actor) -> NetworkPage | None:
    """The network an ad is in, with its newest ads; None for an ad in none, or one the actor may not look at."""
    if not may_see(kind=kind, subject_id=subject_id, actor=actor):
        return None
    node = NetworkMember.objects.filter(subject_kind=kind, subject_id=subject_id, network__isnull=False).first()
    found = visible_networks(actor).filter(pk=node.network_id or 0).first() if node else None
    return _page(found, actor, 40) if found else None


def network_page(*, network_id: str, actor: Actor) -> NetworkPage:
    """One network; one that was merged answers as what it is part of now. Raises Forbidden, NotFound."""
    if not actor.can("desk.view"):
        raise Forbidden
    return _page(visible_network(network_id, actor), actor, MOST_ADS)


def visible_network(network_id: str, actor: Actor) -> Network:
    """The network of this id, or the one it was merged into; raises NotFound."""
    network = Network.objects.select_related("merged_into").filter(public_id=network_id).first()
    while network is not None and network.merged_into is not None:
        network = network.merged_into
    found = visible_networks(actor).filter(pk=network.pk).first() if network else None
    if found is None:
        raise NotFound
    return found


def _page(network: Network, actor: Actor, most: int) -> NetworkPage:
    nodes = list(NetworkMember.objects.filter(network=network).order_by("-posted", "-pk")[:most])
    subjects = [one.subject_id for one in nodes]
    written = _newest(subjects)
    held = _held(subjects)
    evidence = _evidence(held, _values(written.values()))
    cases, people = _around(nodes, actor)
    named = {one.key for one in evidence}
    ads = [_ad(one, written.get(one.subject_id), held, named, cases, people) for one in nodes]
    return NetworkPage(_row(network, _open_to(actor, {network.case_id})), ads, evidence, network.size - len(nodes))


def _around(nodes: Sequence[NetworkMember], actor: Actor) -> tuple[dict[str, str], dict[str, str]]:
    """The newest case of each ad the actor may see, and what the members call themselves."""
    found = visible_cases(actor).filter(subject_id__in=[one.subject_id for one in nodes]).order_by("pk")
    return dict(found.values_list("subject_id", "public_id")), names_of({one.author_id for one in nodes})


def _newest(subjects: Sequence[str]) -> dict[str, Submission]:
    rows = Submission.objects.filter(kind__in=ties.LINKED, subject_id__in=subjects).order_by("revision")
    return {one.subject_id: one for one in rows}


def _held(subjects: Sequence[str]) -> dict[str, set[str]]:
    """The ads that hold each key (as text), where two or more of them do."""
    found: dict[str, set[str]] = {}
    for key, subject in Tie.objects.filter(subject_id__in=subjects).values_list("key", "subject_id"):
        found.setdefault(str(key), set()).add(subject)
    return {key: ads for key, ads in found.items() if len(ads) > 1}


def _values(written: Iterable[Submission]) -> dict[int, str]:
    """What the identifiers of submissions are, by their keys, as the submissions themselves have them."""
    found: dict[int, str] = {}
    for one in written:
        for contact in one.contacts:
            found.setdefault(ties.key_of(contact["kind"], contact["value"]), contact["value"])
    return found


def _evidence(held: dict[str, set[str]], values: dict[int, str]) -> list[Shared]:
    uses = ties.uses_of(int(key) for key in held)
    found = [
        Shared(
            str(key), use.kind, values.get(key, ""), round(use.weight, 3), joins(use.weight), len(held[str(key)]),
            use.ads, use.members, use.places,
        )
        for key, use in uses.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.strength, -one.here, one.key))[:MOST_EVIDENCE]


def _ad(
    node: NetworkMember, written: Submission | None, held: dict[str, set[str]], named: set[str],
    cases: dict[str, str], people: dict[str, str],
) -> LinkedAd:  # fmt: skip
    described = registry.describe(node.subject_kind, node.subject_id)
    fields = written.fields if written else {}
    return LinkedAd(
        node.subject_kind, node.subject_id, str(fields.get("title") or fields.get("body") or node.subject_id)[:100],
        described.url if described else "", described.state if described else "", node.author_id,
        people.get(node.author_id, ""), node.place, registry.names("", node.place)[1],
        datetime.fromtimestamp(node.posted, UTC), node.is_refused, cases.get(node.subject_id, ""),
        tuple(key for key, ads in held.items() if key in named and node.subject_id in ads),
    )  # fmt: skip


def _open_to(actor: Actor, case_ids: set[str]) -> set[str]:
    """Those of the cases the actor may know of."""
    return set(visible_cases(actor).filter(public_id__in=case_ids).values_list("public_id", flat=True))


def _row(one: Network, shown: set[str]) -> NetworkRow:
    return NetworkRow(
        one.public_id, one.size, one.members, one.places, one.growth, one.refused, one.rhythm, one.risk,
        one.stands_out, one.first_at, one.last_at, one.case_id if one.case_id in shown else "",
    )  # fmt: skip


def standing_out() -> list[str]:
    """The networks that stand out and have no case, or doubled since they had one."""
    found = Network.objects.filter(merged_into=None, stands_out=True, size__gte=2 * F("cased_size"))
    return list(found.order_by("-risk", "-pk").values_list("public_id", flat=True)[:200])
