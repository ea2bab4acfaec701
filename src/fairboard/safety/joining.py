"""Networks in the database: joined, merged and split as ties come in, so that they are what a batch would find."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Count, Min, Q

from fairboard.safety.models import Network, NetworkMember, Tie
from fairboard.safety.ties import CHUNK, Node, Use, uses_of
from fairboard.screening.networks import WINDOW, Post, Sets, components, figures, figures_of, joins, weak_pairs

SPLIT_AT_ONCE = 5_000
"""Ads of a network that are gone over in the request when an identifier turns out to be a hub; a larger network is
left to `fairboard relink`."""
Asked = tuple[int, int, str]
"""Two keys, the lesser first, and an ad that holds them."""
ADD_NODE = (
    "INSERT INTO safety_networkmember (subject_kind, subject_id, author_id, place, posted, is_refused) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)


def keep_nodes(nodes: Sequence[Node]) -> None:
    """Keep the ads that hold an identifier, each once; one that was refused stays marked so."""
    asked = [node.subject_id for node in nodes if not node.is_new]
    there = (
        set(NetworkMember.objects.filter(subject_id__in=asked).values_list("subject_id", flat=True)) if asked else set()
    )
    fresh: dict[str, tuple[str | int | bool, ...]] = {}
    for node in nodes:
        if node.keys and node.subject_id not in there and node.subject_id not in fresh:
            fresh[node.subject_id] = (
                node.kind, node.subject_id, node.author_id, node.place, int(node.at.timestamp()), node.is_refused
            )  # fmt: skip
    if fresh:
        with connection.cursor() as cursor:
            cursor.executemany(ADD_NODE, list(fresh.values()))
    refused = [node.subject_id for node in nodes if node.is_refused and node.subject_id in there]
    if refused:
        mark_refused(refused, is_refused=True)


def join(nodes: Sequence[Node], uses: Mapping[int, Use]) -> None:
    """Join ads with what they share enough evidence with, and split what an identifier no longer holds together."""
    sets = Sets()
    asked: list[Asked] = []
    for node in nodes:
        weights = {key: uses[key].weight for key in node.keys if uses[key].ads > 1}
        for key, one in weights.items():
            if joins(one) and uses[key].first != node.subject_id:
                sets.join(node.subject_id, uses[key].first)
        asked += [(*pair, node.subject_id) for pair in weak_pairs(weights)]
    for (_one, _other, subject), partner in partners_of(asked).items():
        sets.join(subject, partner)
    touched = _gather(sets)
    fallen = [key for key, use in uses.items() if use.ads_before > 1 and use.weight < use.before]
    for number in _holding(fallen):
        touched |= _split(number)
    for number, added in touched.items():
        refresh(number, added)


def partners_of(asked: Iterable[Asked]) -> dict[Asked, str]:
    """For two keys and an ad another ad that holds both, where there is one."""
    wanted = sorted(set(asked))
    found: dict[Asked, str] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(  # only the number of marks is put into the text
                f"WITH asked(one, other, subject) AS (VALUES {', '.join(['(%s, %s, %s)'] * len(part))}) "
                "SELECT one, other, subject, (SELECT a.subject_id FROM safety_tie a JOIN safety_tie b "
                "ON b.subject_id = a.subject_id AND b.key = asked.other "
                "WHERE a.key = asked.one AND a.subject_id <> asked.subject LIMIT 1) FROM asked",
                [value for row in part for value in row],
            )
            found.update(
                {(one, other, subject): partner for one, other, subject, partner in cursor.fetchall() if partner}
            )
    return found


def _gather(sets: Sets) -> dict[int, list[str] | None]:
    """Put each set of ads into one network; returns the networks changed with the ads added, None after a merge."""
    subjects = [one for group in sets.groups() for one in group]
    if not subjects:
        return {}
    home: dict[str, int | None] = {}
    for start in range(0, len(subjects), CHUNK):
        found = NetworkMember.objects.filter(subject_id__in=subjects[start : start + CHUNK])
        home.update(found.values_list("subject_id", "network_id"))
    for subject, number in home.items():
        if number is not None:
            sets.join(f"network {number}", subject)
    touched: dict[int, list[str] | None] = {}
    for group in sets.groups():
        numbers = sorted(int(one.split()[1]) for one in group if " " in one)
        loose = [one for one in group if " " not in one and home.get(one, -1) is None]
        if len(numbers) == 1 and not loose:
            continue
        target, is_merged = _target(numbers)
        for start in range(0, len(loose), CHUNK):
            NetworkMember.objects.filter(subject_id__in=loose[start : start + CHUNK]).update(network_id=target)
        touched[target] = None if is_merged or not numbers else loose
    return touched


def _target(numbers: Sequence[int]) -> tuple[int, bool]:
    """The network the others are merged into: the largest, the oldest of equals; a new one where there is none."""
    found = list(Network.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    if not found:
        return Network.objects.create().pk, False
    target = max(found, key=lambda one: (one.size, -one.pk))
    for other in found:
        if other is target:
            continue
        NetworkMember.objects.filter(network_id=other.pk).update(network_id=target.pk)
        if other.case_id and not target.case_id:
            target.case_id, target.cased_size = other.case_id, other.cased_size
        Network.objects.filter(pk=other.pk).update(merged_into=target.pk, size=0, stands_out=False, case_id="")
    target.save(update_fields=["case_id", "cased_size"])
    return target.pk, len(found) > 1


def _holding(keys: Iterable[int]) -> list[int]:
    """The networks with an ad that holds one of the keys."""
    wanted = list(keys)
    if not wanted:
        return []
    held = Tie.objects.filter(key__in=wanted).values("subject_id")
    return sorted(
        NetworkMember.objects.filter(subject_id__in=held, network__isnull=False)
        .values_list("network_id", flat=True).distinct()
    )  # fmt: skip


def _split(number: int) -> dict[int, list[str] | None]:
    """Go over a network again; what no evidence holds together any more becomes networks of its own, or none."""
    subjects = list(NetworkMember.objects.filter(network_id=number).values_list("subject_id", flat=True))
    if len(subjects) > SPLIT_AT_ONCE:
        return {number: None}
    held: dict[str, set[int]] = {}
    for start in range(0, len(subjects), CHUNK):
        for subject, key in Tie.objects.filter(subject_id__in=subjects[start : start + CHUNK]).values_list(
            "subject_id", "key"
        ):
            held.setdefault(subject, set()).add(key)
    uses = uses_of({key for keys in held.values() for key in keys})
    groups = sorted(components(held, {key: use.weight for key, use in uses.items()}), key=lambda one: (-len(one), one))
    return place(number, subjects, groups)


def place(number: int, subjects: Sequence[str], groups: Sequence[Sequence[str]]) -> dict[int, list[str] | None]:
    """Have the ads of a network be these groups: the first keeps its number, an ad in none of them is in no network."""
    touched: dict[int, list[str] | None] = {number: None}
    grouped = {one for group in groups for one in group}
    moves: list[tuple[int | None, list[str]]] = [(None, [one for one in subjects if one not in grouped])]
    for group in groups[1:]:
        fresh = Network.objects.create()
        moves.append((fresh.pk, list(group)))
        touched[fresh.pk] = None
    for target, moved in moves:
        for start in range(0, len(moved), CHUNK):
            NetworkMember.objects.filter(subject_id__in=moved[start : start + CHUNK]).update(network_id=target)
    return touched


def recent_posts(number: int) -> list[Post]:
    """The newest `WINDOW` postings of a network, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT author_id, place, posted, is_refused FROM safety_networkmember WHERE network_id = %s "
            f"ORDER BY posted DESC, id DESC LIMIT {WINDOW}",
            [number],
        )
        rows = cursor.fetchall()
    return [Post(member, place, at, bool(refused)) for member, place, at, refused in reversed(rows)]


def refresh(number: int, added: Sequence[str] | None = None) -> None:
    """Bring the figures of a network up to date; ``added`` are the ads it gained, None when that is not known."""
    posts = recent_posts(number)
    at = posts[-1].at if posts else 0.0
    network = Network.objects.get(pk=number)
    if len(posts) < WINDOW:
        found, first = figures(posts, at), posts[0].at if posts else 0.0
    else:
        counts = _all_counts(number) if added is None else _more_counts(network, added)
        first = counts.pop("first")
        found = figures_of(**counts, recent=posts, at=at)
    for name, value in asdict(found).items():
        setattr(network, name, value)
    network.first_at = datetime.fromtimestamp(first, UTC) if posts else None
    network.last_at = datetime.fromtimestamp(at, UTC) if posts else None
    network.save()


def _all_counts(number: int) -> dict[str, int]:
    rows = NetworkMember.objects.filter(network_id=number)
    return rows.aggregate(
        size=Count("pk"), members=Count("author_id", distinct=True),
        places=Count("place", distinct=True, filter=~Q(place="")),
        refused=Count("pk", filter=Q(is_refused=True)), first=Min("posted"),
    )  # fmt: skip


def _more_counts(network: Network, added: Sequence[str]) -> dict[str, int]:
    """The counts of a large network with a few ads more: only these are looked at."""
    rows = list(NetworkMember.objects.filter(subject_id__in=added))
    others = NetworkMember.objects.filter(network_id=network.pk).exclude(subject_id__in=added)
    members = {one.author_id for one in rows}
    places = {one.place for one in rows} - {""}
    first = min([one.posted for one in rows] + ([int(network.first_at.timestamp())] if network.first_at else []))
    return {
        "size": network.size + len(rows),
        "members": network.members + sum(not others.filter(author_id=one).exists() for one in members),
        "places": network.places + sum(not others.filter(place=one).exists() for one in places),
        "refused": network.refused + sum(one.is_refused for one in rows),
        "first": first,
    }


def mark_refused(subject_ids: Sequence[str], *, is_refused: bool) -> None:
    """Note that ads were refused, or that a refusal was overturned, and what it means for their networks."""
    rows = NetworkMember.objects.filter(subject_id__in=subject_ids).exclude(is_refused=is_refused)
    numbers = set(rows.values_list("network_id", flat=True)) - {None}
    if rows.update(is_refused=is_refused):
        for number in sorted(one for one in numbers if one is not None):
            refresh(number)
