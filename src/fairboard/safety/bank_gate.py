"""Hash banks as a part of the gate: photos known from outside are found, acted on, and what matched is kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Subject, record
from fairboard.safety import bank_index, events, ruleset
from fairboard.safety.models import Bank, BankEntry, BankMatch
from fairboard.safety.parts import Context, Judged, Part, Request

NO_DISTANCE = 256
"""The distance where nothing matched: every bit differs at most."""
HOUR = timedelta(hours=1)
CHILD = "child-safety"


@dataclass(frozen=True, slots=True)
class _Match:
    entry: int
    bank: str
    photo: str
    distance: int
    is_quarantined: bool
    policy: str


def look(requests: Sequence[Request], at: datetime) -> list[Context]:
    """For each request: the banks its photos are in, and how near the nearest is."""
    if not any(one.photos for one in requests) or not ruleset.current().has_banks:
        return [_features([]) for _one in requests]
    exact = _exact({value for one in requests for value in (*one.photos, *one.photo_md5s)})
    near = _near(requests)
    return [_features([*_same(one, exact), *near[at]]) for at, one in enumerate(requests)]


def keep(judged: Sequence[Judged], at: datetime) -> None:
    """Keep what matched; an entry or a bank that matches too much is quarantined."""
    found = [
        BankMatch(entry_id=entry, submission=one.submission, photo=photo, distance=distance, at=at)
        for one in judged
        for entry, photo, distance in one.result.features.get("match", {}).get("bank_entries", ())
    ]
    if found:
        bulk.insert(found)
        _stop_floods({one.entry_id for one in found}, at)


PART = Part("banks", look, keep)


def _features(matches: Sequence[_Match]) -> Context:
    acting = [one for one in matches if not one.is_quarantined]
    # What is quarantined is set aside, but what may endanger a child still goes before a person.
    held = [one for one in matches if one.is_quarantined and one.policy == CHILD]
    return {
        "match": {
            "bank": len({one.photo for one in acting}),
            "bank_distance": min((one.distance for one in acting), default=NO_DISTANCE),
            "banks": sorted({one.bank for one in acting}),
            "banks_set_aside": sorted({one.bank for one in held}),
            "bank_entries": [[one.entry, one.photo, one.distance] for one in matches],
        }
    }


def _exact(values: set[str]) -> Mapping[str, list[BankEntry]]:
    """Entries of exact hashes; a SHA-256 has 64 digits, an MD5 32, so none is taken for the other."""
    found: dict[str, list[BankEntry]] = {}
    for entry in _usable().filter(value__in=values - {""}, bank__kind__in=("sha256", "md5")):
        found.setdefault(entry.value, []).append(entry)
    return found


def _usable() -> Any:
    return BankEntry.objects.select_related("bank").filter(bank__enabled=True, removed_at__isnull=True)


def _same(request: Request, exact: Mapping[str, list[BankEntry]]) -> list[_Match]:
    pairs = [*zip(request.photos, request.photos, strict=True), *zip(request.photos, request.photo_md5s, strict=False)]
    return [_match(entry, photo, 0) for photo, value in pairs for entry in exact.get(value, ())]


def _near(requests: Sequence[Request]) -> list[list[_Match]]:
    """Near matches of each request, each entry once: all photos are looked up together."""
    asked = [
        (number, photo, pdq)
        for number, one in enumerate(requests)
        for photo, (pdq, quality) in zip(one.photos, one.photo_hashes, strict=False)
        if pdq and quality >= bank_index.LEAST_QUALITY
    ]
    distances: list[dict[int, tuple[str, int]]] = [{} for _one in requests]
    for (number, photo, _pdq), near in zip(asked, bank_index.nearest([pdq for _n, _p, pdq in asked]), strict=True):
        for entry, distance in near:
            if entry not in distances[number] or distance < distances[number][entry][1]:
                distances[number][entry] = (photo, distance)
    wanted = {entry for found in distances for entry in found}
    entries = {one.pk: one for one in _usable().filter(pk__in=wanted)} if wanted else {}
    return [[_match(entries[pk], *told) for pk, told in found.items() if pk in entries] for found in distances]


def _match(entry: BankEntry, photo: str, distance: int) -> _Match:
    bank = entry.bank
    is_quarantined = bank.quarantined_at is not None or entry.quarantined_at is not None
    return _Match(entry.pk, bank.public_id, photo, distance, is_quarantined, bank.policy)


def _stop_floods(entries: set[int], at: datetime) -> None:
    """Quarantine what matched more in an hour than its bank believes: one entry where it makes most of it."""
    concerned = set(BankEntry.objects.filter(pk__in=entries).values_list("bank_id", flat=True))
    for bank in Bank.objects.select_for_update().filter(pk__in=concerned, quarantined_at__isnull=True):
        recent = BankMatch.objects.filter(
            entry__bank=bank, entry__quarantined_at__isnull=True, at__gt=at - HOUR, at__lte=at
        )
        counted = Counter(dict(recent.values_list("entry").annotate(n=Count("pk"))))
        if sum(counted.values()) <= bank.most_per_hour:
            continue
        entry, most = counted.most_common(1)[0]
        is_one = most * 2 > sum(counted.values())
        if is_one:
            BankEntry.objects.filter(pk=entry).update(quarantined_at=at)
        else:
            Bank.objects.filter(pk=bank.pk).update(quarantined_at=at, quarantined_why="More matches than is believed.")
        record(
            kind=events.BANK_QUARANTINED, subject=Subject("bank", bank.public_id), actor=Actor.system("gate"), at=at,
            data={"entry": entry if is_one else None, "matches": sum(counted.values())},
        )  # fmt: skip
