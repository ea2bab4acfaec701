"""One ad looked up in a table of keys."""

import time
from random import Random

import pytest

from fairboard.bench import campaigns
from fairboard.bench.campaigns import campaign, languages
from fairboard.screening.links import keys_of, resembles


def test_keys_fit_a_signed_64_bit_column_and_are_few() -> None:
    keys = keys_of(next(iter(campaigns.texts(3, 1))))
    assert 0 < len(keys) <= 10
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", ["", "too short a text", "!!!", "\ud800"])
def test_a_short_text_has_no_keys(text: str) -> None:
    assert keys_of(text) == ()


@pytest.mark.parametrize(("heavy", "least"), [(False, 0.99), (True, 0.93)], ids=["light", "heavy"])
@pytest.mark.parametrize("slots", [1, 4, 8])
def test_a_copy_shares_a_key_with_one_of_five_seen_before(slots: int, heavy: bool, least: float) -> None:
    found = total = 0
    for seed, language in enumerate(["en", "de", "ru", "ar", "zh", "th"] * 5):
        first, *seen = campaign(Random(seed), languages()[language], slots, heavy, 6)
        table = {key for text in seen for key in keys_of(text)}
        found += not table.isdisjoint(keys_of(first))
        total += 1
    assert found / total >= least


def test_ordinary_ads_seldom_share_keys() -> None:
    texts = list(campaigns.texts(31, 2_000))
    owners: dict[int, set[int]] = {}
    for at, text in enumerate(texts):
        for key in keys_of(text):
            owners.setdefault(key, set()).add(at)
    met = {at for ads in owners.values() if 1 < len(ads) < 20 for at in ads}
    assert len(met) < 1_200


def test_keys_take_less_than_a_millisecond() -> None:
    texts = list(campaigns.texts(5, 500))
    began = time.process_time()
    for text in texts:
        keys_of(text)
    assert (time.process_time() - began) / len(texts) < 0.001


def test_an_alignment_shows_what_each_text_has_where_they_differ() -> None:
    found = resembles("Selling my blue bike, 300 EUR, call me now.", "Selling my old bike, 80 EUR, call me now!")
    assert found.is_copy
    assert [(slot.slot, slot.value) for slot in found.slots] == [(1, "blue"), (2, "300")]
    assert [(slot.slot, slot.value) for slot in found.other_slots] == [(1, "old"), (2, "80")]
    assert found.similarity == pytest.approx(7 / 9)


def test_ads_that_share_a_stock_sentence_are_no_copies() -> None:
    one, other = campaigns.texts(8, 2)
    stock = " No warranty, as this is a private sale. The price is open to a fair offer. "
    assert not resembles(one + stock, stock + other).is_copy


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "a b c"), ("\ud800", "!")])
def test_nothing_resembles_nothing(one: str, other: str) -> None:
    assert not resembles(one, other).is_copy
