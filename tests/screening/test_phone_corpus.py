"""Over a thousand drawn texts: hardly a disguised number is missed, hardly a figure is taken for one."""

from collections import Counter

import pytest

from fairboard.screening import Document, screen
from tests.screening.corpus import Sample, decoys, disguised

COUNT = 1_200


def phones(sample: Sample) -> list[str]:
    fields = {"title": sample.title, "body": sample.body}
    found = screen(Document("x", fields, "vehicles/bicycles", "", sample.country)).contacts
    return [one.value for one in found if one.kind == "phone"]


@pytest.mark.parametrize("seed", [2026, 2027])
def test_disguised_numbers_are_found_whatever_the_way(seed: int) -> None:
    missed: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for sample in disguised(seed=seed, count=COUNT):
        seen[sample.style] += 1
        missed[sample.style] += phones(sample) != [sample.number]
    assert missed.total() <= 0.012 * COUNT, missed
    # Letters for digits read in many ways and groups cut anywhere look like lists; all else leaves no doubt.
    assert {style for style, count in missed.items() if count} <= {"lettered", "plain"}
    assert missed["lettered"] <= 0.1 * seen["lettered"]
    assert missed["plain"] <= 0.04 * seen["plain"]


@pytest.mark.parametrize("seed", [2026, 2027])
def test_figures_of_all_kinds_are_left_alone(seed: int) -> None:
    taken = [(sample.style, sample.body) for sample in decoys(seed=seed, count=COUNT) if phones(sample)]
    assert len(taken) <= 0.001 * COUNT, taken
