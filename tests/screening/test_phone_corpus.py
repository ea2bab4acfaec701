"""Over a thousand drawn texts: hardly a disguised number is missed, hardly a figure is taken for one."""

from collections import Counter

import pytest

from fairboard.screening import Document, screen
from tests.screening.corpus import DECOYS, STYLES, Sample, decoys, disguised

DISGUISED = 1_400
FIGURES = 2_800
SEEDS = [2026, 2027, 31337]


def phones(sample: Sample) -> list[str]:
    fields = {"title": sample.title, "body": sample.body}
    found = screen(Document("x", fields, "vehicles/bicycles", "", sample.country)).contacts
    return [one.value for one in found if one.kind == "phone"]


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_are_found_and_figures_left_alone(seed: int) -> None:
    hits = extra = 0
    missed: Counter[str] = Counter()
    for sample in disguised(seed=seed, count=DISGUISED):
        found = phones(sample)
        hits += sample.number in found
        extra += len(found) - (sample.number in found)
        missed[sample.style] += sample.number not in found
    taken = [(sample.style, sample.body) for sample in decoys(seed=seed, count=FIGURES) if phones(sample)]
    assert hits / DISGUISED >= 0.99, +missed
    assert hits / (hits + extra + len(taken)) >= 0.99, taken
    assert max(missed.values()) <= 0.1 * DISGUISED / len(STYLES), +missed  # no way of hiding that works


def test_every_way_and_every_kind_is_drawn() -> None:
    assert {one.style.removeprefix("split ") for one in disguised(seed=1, count=DISGUISED)} >= {
        style.__name__ for style in STYLES
    }
    assert {one.style for one in decoys(seed=1, count=FIGURES)} == set(DECOYS)
