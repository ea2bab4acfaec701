"""A text close to a refused one is recognised; an unrelated one is not."""

from random import Random

import pytest

from fairboard.demo.generate import ads
from fairboard.screening.fingerprint import bands, signature, similarity

BODIES = [one.draft.body for one in ads(seed=5, count=400) if len(one.draft.body.split()) > 40]


def edited(text: str, share: float, random: Random) -> str:
    words = text.split()
    for at in range(len(words)):
        if random.random() < share:
            words[at] = random.choice(["new", "lovely", "today", "maybe", "really"])
    return " ".join(words)


@pytest.mark.parametrize("share", [0.02, 0.05])
def test_a_lightly_edited_copy_shares_a_band(share: float) -> None:
    random = Random(1)
    found = 0
    for body in BODIES:
        one, other = signature(body.lower()), signature(edited(body, share, random).lower())
        found += bool(set(bands(one)) & set(bands(other)))
    assert found / len(BODIES) >= 0.95


def test_changing_the_digits_does_not_hide_a_copy() -> None:
    one = signature("nice flat near the park call me on 212 555 0147 any time of the day")
    other = signature("nice flat near the park call me on 646 555 0199 any time of the day")
    assert similarity(one, other) == 1.0


def test_a_short_text_has_no_fingerprint() -> None:
    assert signature("red bicycle") == ()
    assert similarity((), ()) == 0.0
