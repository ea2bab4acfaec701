"""Ads placed in one batch are judged and tied as the same ads placed one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fairboard.demo.generate import ads as generated
from fairboard.kit.actors import Actor
from fairboard.market.models import Ad
from fairboard.market.services.bulk import Row, submit_many
from fairboard.market.services.drafts import Draft
from fairboard.market.services.posting import submit
from fairboard.safety.models import Case, NetworkMember, Submission, TextKey, Tie
from tests.market.drafts import bicycle, hidden_number
from tests.safety.ads import NUMBER, PLACES

Maker = Callable[..., Actor]
OPERATOR = Actor.system("tests")
OFFER = (
    "Join our friendly team this {season}: the hours are good, the pay is weekly, {place} is lovely, "
    "and everybody who asks for {name} is welcome. {contact}"
)


@dataclass
class Placed:
    """What became of ads, by their numbers: nothing in it depends on the ids they were given."""

    verdicts: list[tuple[str, list[str]]]
    features: list[dict[str, Any]]
    networks: list[list[int]]
    ties: list[tuple[str, list[int]]]
    cases: list[int]
    keys: list[int]


def rows_of(seed: int, people: Sequence[Actor]) -> list[Row]:
    """Ordinary ads, a campaign of three members with a number of theirs, copies of one text, disguised numbers."""
    draw = Random(seed)
    drafts: list[Draft] = [one.draft for one in generated(seed=seed, count=90)]
    for number in range(12):
        said = OFFER.format(
            season=draw.choice(["spring", "summer", "autumn"]), place=draw.choice(["Berlin", "Bonn", "Kiel"]),
            name=draw.choice(["Ann", "Bob", "Eve"]), contact=draw.choice(["", f"Call {NUMBER}.", "ann@example.org"]),
        )  # fmt: skip
        drafts.append(bicycle(title=f"Team {number}", body=said, place=draw.choice(PLACES)))
    drafts += [hidden_number(), replace(hidden_number(), place=PLACES[1])]
    drafts += [bicycle(body=f"{draw.random()} and {draw.random()}. Call {NUMBER}", place=one) for one in PLACES]
    draw.shuffle(drafts)
    return [Row(one, draw.choice(people), str(at), "feed") for at, one in enumerate(drafts)]


def placed(ids: Sequence[str]) -> Placed:
    number = {one: at for at, one in enumerate(ids)}
    rows = {one.subject_id: one for one in Submission.objects.filter(subject_id__in=ids)}
    networks: dict[int, list[int]] = {}
    for net, subject in NetworkMember.objects.filter(network__isnull=False).values_list("network_id", "subject_id"):
        networks.setdefault(net, []).append(number[subject])
    held: dict[tuple[str, int], list[int]] = {}
    for kind, key, subject in Tie.objects.values_list("kind", "key", "subject_id"):
        held.setdefault((kind, key), []).append(number[subject])
    features = [rows[one].features for one in ids]
    for one in features:
        resembled = one["match"]["resembles"]
        one["match"]["resembles"] = number[resembled] if resembled else None
    return Placed(
        [(rows[one].verdict, [reason["rule"] for reason in rows[one].reasons]) for one in ids],
        features,
        sorted(sorted(one) for one in networks.values()),
        sorted((kind, sorted(one)) for (kind, _key), one in held.items()),
        sorted(number[one.subject_id] for one in Case.objects.filter(kind="ad")),
        sorted(TextKey.objects.values_list("key", flat=True)),
    )


def one_by_one(rows: Sequence[Row], at: datetime) -> Placed:
    return placed([submit(actor=row.seller, draft=row.draft, at=at).ad_id for row in rows])


def in_batches(rows: Sequence[Row], at: datetime, size: int) -> Placed:
    done = []
    for first in range(0, len(rows), size):
        done += submit_many(rows=rows[first : first + size], at=at, actor=OPERATOR)
    return placed([one.ad_id for one in done])


def undone(place: Callable[[], Placed]) -> Placed:
    """What placing makes, in a market that is as it was afterwards."""
    with transaction.atomic():
        found = place()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(("seed", "size"), [(1, 500), (2, 40), (3, 7)])
def test_a_batch_is_judged_and_tied_as_its_ads_one_by_one(
    make_member: Maker, now: datetime, seed: int, size: int
) -> None:
    rows = rows_of(seed, [make_member(f"m{n}") for n in range(8)])
    single = undone(lambda: one_by_one(rows, now))
    batch = undone(lambda: in_batches(rows, now, size))
    assert not Ad.objects.exists()
    assert any(verdict == "hold" and "network-stands-out" in rules for verdict, rules in single.verdicts)
    assert max(len(one) for one in single.networks) > 4
    assert {kind for kind, _ads in single.ties} >= {"phone", "email", "template", "account"}
    for name in ("verdicts", "networks", "ties", "cases", "keys"):
        assert getattr(batch, name) == getattr(single, name), name
    for at, (one, other) in enumerate(zip(batch.features, single.features, strict=True)):
        assert one == other, at


def test_what_was_placed_before_a_batch_counts_in_it(make_member: Maker, now: datetime) -> None:
    people = [make_member(f"m{n}") for n in range(8)]
    rows = rows_of(4, people)
    earlier, rows = rows[:50], rows[50:]

    def after(place: Callable[[Sequence[Row], datetime], Placed]) -> Callable[[], Placed]:
        return lambda: place([*earlier, *rows], now)

    single = undone(after(one_by_one))
    batch = undone(after(lambda given, at: _split(given, at, 50)))
    assert batch == single


def _split(rows: Sequence[Row], at: datetime, first: int) -> Placed:
    ids = [submit(actor=row.seller, draft=row.draft, at=at).ad_id for row in rows[:first]]
    ids += [one.ad_id for one in submit_many(rows=rows[first:], at=at, actor=OPERATOR)]
    return placed(ids)


def test_a_batch_asks_the_database_no_more_for_more_ads(make_member: Maker, now: datetime) -> None:
    people = [make_member(f"m{n}") for n in range(40)]
    texts = [one.draft for one in generated(seed=9, count=200)]
    rows = [Row(one, people[at % 40], str(at), "feed") for at, one in enumerate(texts)]
    submit_many(rows=rows[:80], at=now - timedelta(days=1), actor=OPERATOR)
    asked = []
    for batch in (rows[80:90], rows[90:200]):
        with CaptureQueriesContext(connection) as found:
            submit_many(rows=batch, at=now, actor=OPERATOR)
        asked.append(sum(one["sql"].lstrip().startswith(("SELECT", "WITH")) for one in found))
    assert asked[1] < asked[0] + 20, asked
