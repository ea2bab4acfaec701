"""Ads tied by evidence become networks, whatever order they come in; a hub never joins a city."""

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairboard.screening.networks import (
    DAY,
    EVIDENCE,
    Figures,
    Post,
    Tie,
    figures,
    joins,
    networks,
    rhythm,
    strength,
    weight,
)  # fmt: skip

KINDS = st.sampled_from(sorted(EVIDENCE))


@st.composite
def batches(draw: st.DrawFn) -> list[Tie]:
    """Ties of up to 40 ads by a few members over a few keys, each key of one kind."""
    kinds = draw(st.lists(KINDS, min_size=1, max_size=8))
    pairs = st.tuples(st.integers(0, 39), st.integers(0, len(kinds) - 1))
    held = draw(st.sets(pairs, max_size=120))
    return [Tie(key, kinds[key], f"ad{ad:02}", f"member{ad % 23}", f"place{ad % 11}", float(ad)) for ad, key in held]


@given(batches(), st.randoms())
@settings(max_examples=80, deadline=None)
def test_the_order_of_ties_does_not_matter(ties: list[Tie], random: Random) -> None:
    shuffled = list(ties)
    random.shuffle(shuffled)
    assert networks(ties) == networks(shuffled)


@given(KINDS, st.integers(1, 4000), st.integers(1, 4000), st.integers(1, 400))
def test_wider_use_never_says_more(kind: str, ads: int, members: int, places: int) -> None:
    here = weight(kind, ads=ads, members=members, places=places)
    assert 0.0 <= here <= EVIDENCE[kind].prior
    assert weight(kind, ads=ads + 1, members=members + 1, places=places) <= here


@given(KINDS, st.integers(0, 300), st.integers(1, 40))
@settings(deadline=None)
def test_a_hub_joins_nobody(kind: str, more: int, places: int) -> None:
    assume(kind != "account")  # one member has it, however many ads
    members = EVIDENCE[kind].members * 8 + 1 + more
    ties = [Tie(1, kind, f"ad{n}", f"member{n}", f"place{n % places}", float(n)) for n in range(members)]
    assert networks(ties) == []


def test_what_a_hub_cannot_join_other_evidence_still_does() -> None:
    hub = [Tie(1, "phone", f"ad{n:03}", f"member{n}", "de/berlin", float(n)) for n in range(200)]
    own = [Tie(2, "email", f"ad{n:03}", f"member{n}", "de/berlin", float(n)) for n in range(3)]
    assert networks(hub + own) == [["ad000", "ad001", "ad002"]]


def test_a_number_used_by_more_members_than_a_network_has_needs_a_second_piece() -> None:
    wide = [Tie(1, "phone", f"ad{n:02}", f"member{n}", "x", 0.0) for n in range(20)]
    assert networks(wide) == []
    photo = [Tie(2, "photo", f"ad{n:02}", f"member{n}", "x", 0.0) for n in (3, 4)]
    assert networks(wide + photo) == [["ad03", "ad04"]]


@pytest.mark.parametrize(("kinds", "together"), [
    (("phone",), True), (("photo",), False), (("template",), False), (("url",), False),
    (("photo", "template"), True), (("template", "url"), True), (("device",), True),
])  # fmt: skip
def test_what_joins_alone_and_what_together(kinds: tuple[str, ...], together: bool) -> None:
    ties = [Tie(at, kind, ad, ad, "x", 0.0) for at, kind in enumerate(kinds) for ad in ("a", "b")]
    assert networks(ties) == ([["a", "b"]] if together else [])
    assert joins(*(EVIDENCE[kind].prior for kind in kinds)) is together


@given(st.lists(st.floats(0, 1), max_size=6))
def test_evidence_adds_up_and_never_beyond_certainty(weights: list[float]) -> None:
    whole = strength(weights)
    assert max(weights, default=0.0) - 1e-9 <= whole <= 1.0


def test_a_household_is_calm_and_a_spreading_network_stands_out() -> None:
    at = 100 * DAY
    home = figures([Post("a", "x", at - DAY), Post("b", "x", at)], at)
    spread = figures([Post(f"m{n % 12}", f"p{n % 6}", at - n * 0.35 * DAY) for n in range(40)], at)
    assert (home.risk < 0.15, home.stands_out) == (True, False)
    assert (spread.members, spread.places, spread.growth, spread.stands_out) == (12, 6, 20, True)
    assert spread.risk > 0.6
    assert figures([Post("a", "x", at), Post("b", "x", at, True)], at).stands_out


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(0, 1e9), st.booleans()), min_size=1))
def test_figures_stay_in_their_bounds(rows: list[tuple[str, str, float, bool]]) -> None:
    found = figures([Post(*row) for row in rows], 1e9)
    assert 0.0 <= found.risk <= 1.0
    assert 0.0 <= found.rhythm <= 1.0
    assert Figures.__slots__ == tuple(found.to_features())


def test_rhythm_tells_a_machine_from_a_person() -> None:
    hourly = [n * 3600.0 for n in range(20)]
    people = [0.0, 5_000, 5_600, 40_000, 90_000, 91_000, 180_000, 300_000, 301_000]
    daily = [n * DAY + 8 * 3600 + (n * 37 % 11) * 60 for n in (0, 1, 4, 5, 9, 14, 15)]
    assert rhythm(hourly) == 1.0
    assert rhythm(people) < 0.2
    assert rhythm(daily) > 0.9
    assert rhythm([5.0] * 50) == 0.0
