"""Networks brought in line with what the batch over all ties finds. Loads ibis and DuckDB: for commands only."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Max

from fairboard.insight import networks as insight
from fairboard.insight.engines import duckdb
from fairboard.safety import joining
from fairboard.safety.models import Identifier, Network, NetworkMember, Tie
from fairboard.safety.ties import CHUNK

READ = 50_000
WRITE = 1_000
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The networks there are now, the largest's ads, and how many ads changed their network."""

    networks: int
    largest: int
    moved: int


@dataclass
class Plan:
    """Where ads have to go: the network that keeps its number (None for a new one) with those to be moved to it."""

    moves: list[tuple[int | None, list[str]]] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    keep: set[int] = field(default_factory=set)


def regroup(tell: Tell = lambda what, done, total: None) -> Regrouped:
    """Count identifiers and group ads anew from all ties; only what differs is written."""
    last = Tie.objects.aggregate(last=Max("pk"))["last"] or 0
    table = _load(last, tell)
    _count(insight.uses(table), table, last)
    groups = insight.networks(table).groups()
    plan = _plan(groups, set(Tie.objects.filter(pk__gt=last).values_list("subject_id", flat=True)))
    moved = _carry_out(plan, tell)
    sizes = Counter(len(one) for one in groups)
    return Regrouped(sum(sizes.values()), max(sizes, default=0), moved)


def _load(last: int, tell: Tell) -> Any:
    engine = duckdb.connect()
    engine.create_table("ties", schema=dict(insight.SCHEMA))
    done, total = 0, Tie.objects.filter(pk__lte=last).count()
    for rows in _ties(last):
        columns = list(zip(*rows, strict=True))
        batch = pa.table({name: pa.array(values) for name, values in zip(insight.SCHEMA, columns, strict=True)})
        engine.insert("ties", batch)
        done += len(rows)
        tell("Reading ties", done, total)
    return engine.table("ties")


def _ties(last: int) -> Iterator[list[tuple[Any, ...]]]:
    at = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, key, kind, subject_id, author_id, place FROM safety_tie WHERE id > %s AND id <= %s "
                f"ORDER BY id LIMIT {READ}",
                [at, last],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield [(*row[1:], float(row[0])) for row in rows]  # the order of the ties is all that is asked of their time
        at = rows[-1][0]


def _count(uses: Any, table: Any, last: int) -> None:
    """The counts of identifiers that two ads or more hold; rows of others go. What came in since ``last`` stays."""
    firsts = table.group_by("key").agg(first=table.subject.argmin(table.at))
    shared = uses.filter(uses.ads > 1).join(firsts, "key").order_by("key")
    columns = ["key", "kind", "first", "ads", "members", "places"]
    wanted = {row["key"]: tuple(row[name] for name in columns[1:]) for row in shared.to_pyarrow().to_pylist()}
    newer = set(Tie.objects.filter(pk__gt=last).values_list("key", flat=True))
    for part in _parts(sorted(wanted.keys() - newer), WRITE):
        with transaction.atomic():
            there = _identifiers(part)
            wrong = [key for key in part if there.get(key) != wanted[key]]
            for chunk in _parts(wrong, CHUNK):
                Identifier.objects.filter(key__in=chunk).delete()
            Identifier.objects.bulk_create([
                Identifier(key=key, kind=kind, subject_id=first, ads=ads, members=members, places=places)
                for key in wrong for kind, first, ads, members, places in [wanted[key]]
            ])  # fmt: skip
    stale = [key for key in Identifier.objects.values_list("key", flat=True) if key not in wanted and key not in newer]
    for chunk in _parts(stale, CHUNK):
        Identifier.objects.filter(key__in=chunk).delete()


def _identifiers(keys: list[int]) -> dict[int, tuple[Any, ...]]:
    found: dict[int, tuple[Any, ...]] = {}
    for chunk in _parts(keys, CHUNK):
        rows = Identifier.objects.filter(key__in=chunk)
        found.update({row[0]: row[1:] for row in rows.values_list(
            "key", "kind", "subject_id", "ads", "members", "places"
        )})  # fmt: skip
    return found


def _plan(groups: Iterable[list[str]], newer: set[str]) -> Plan:
    """The least moving: a group keeps the number most of its ads have, unless more ads of another group have it.

    Networks that gained an ad meanwhile (``newer``) are left as they are.
    """
    linked = NetworkMember.objects.filter(network__isnull=False)
    home = {subject: number for subject, number in linked.values_list("subject_id", "network_id") if number}
    busy = {home[one] for one in newer if one in home}
    plan = Plan(keep=set(busy))
    grouped: set[str] = set()
    ranked = []
    for group in groups:
        grouped.update(group)
        counts = Counter(home[one] for one in group if one in home)
        if busy & counts.keys():
            continue
        ranked.append((-max(counts.values(), default=0), group, counts))
    for _count, group, counts in sorted(ranked, key=lambda one: (one[0], one[1])):
        free = [(-n, number) for number, n in counts.items() if number not in plan.keep]
        target = min(free)[1] if free else None
        if target is not None:
            plan.keep.add(target)
        moved = [one for one in group if target is None or home.get(one) != target]
        if moved:
            plan.moves.append((target, moved))
    plan.leave = sorted(one for one in home.keys() - grouped - newer if home[one] not in busy)
    return plan


def _carry_out(plan: Plan, tell: Tell) -> int:
    done, total = 0, sum(len(moved) for _target, moved in plan.moves) + len(plan.leave)
    for part in _parts(plan.leave, WRITE):
        with transaction.atomic():
            _move(None, part)
        done += len(part)
        tell("Networks", done, total)
    for target, moved in plan.moves:
        with transaction.atomic():
            _move(target if target is not None else Network.objects.create().pk, moved)
        done += len(moved)
        tell("Networks", done, total)
    rest = set(Network.objects.filter(merged_into=None, size__gt=0).values_list("pk", flat=True))
    rest -= {target for target, _moved in plan.moves if target is not None}
    for number in sorted(rest):
        with transaction.atomic():
            joining.refresh(number)
    return total


def _move(target: int | None, subjects: list[str]) -> None:
    """Put ads into a network, None for none; those they were in are brought up to date, empty ones lead to it."""
    left: set[int] = set()
    for chunk in _parts(subjects, CHUNK):
        rows = NetworkMember.objects.filter(subject_id__in=chunk)
        left.update(one for one in rows.values_list("network_id", flat=True) if one is not None)
        rows.update(network_id=target)
    for number in sorted(left - {target}):
        joining.refresh(number)
    if target is not None:
        joining.refresh(target)
        Network.objects.filter(pk__in=left - {target}, size=0, merged_into=None).update(merged_into=target)


def _parts(values: list[Any], size: int) -> Iterator[list[Any]]:
    return (values[start : start + size] for start in range(0, len(values), size))
