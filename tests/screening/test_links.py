"""Campaigns among many ads: every number of slots, heavy edits, every script; and what must stay apart."""

from random import Random

import pytest

from fairboard.bench import campaigns
from fairboard.bench.campaigns import ad, campaign, languages, planted
from fairboard.bench.link import scored
from fairboard.screening.links import link_texts


def ordinary(count: int, seed: int = 77) -> list[str]:
    return list(campaigns.texts(seed, count))


def clusters(texts: list[str]) -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for at, label in enumerate(link_texts(texts).tolist()):
        if label >= 0:
            found.setdefault(label, set()).add(at)
    return list(found.values())


@pytest.mark.parametrize("heavy", [False, True], ids=["light", "heavy"])
@pytest.mark.parametrize("slots", range(1, 9))
def test_a_campaign_is_found_among_ordinary_ads(slots: int, heavy: bool) -> None:
    copies = campaign(Random(500 + slots), languages()["en"], slots, heavy, 30)
    found = clusters(copies + ordinary(2_000))
    assert len(max(found, key=len) & set(range(30))) >= 29
    assert sum(len(one) for one in found) <= 34


@pytest.mark.parametrize("language", ["ru", "ar", "zh", "th"])
@pytest.mark.parametrize("heavy", [False, True], ids=["light", "heavy"])
def test_a_campaign_in_another_script_is_found(language: str, heavy: bool) -> None:
    copies = campaign(Random(9), languages()[language], 4, heavy, 25)
    others = [languages()[language].gap.join(ad(Random(at), languages()[language])) for at in range(500)]
    found = clusters(copies + others)
    assert len(max(found, key=len) & set(range(25))) >= 24
    assert sum(len(one) for one in found) <= 29


def test_many_campaigns_together_are_told_apart() -> None:
    given = planted(seed=4_321, count=10_000)
    precision, recall = scored(given.campaigns, link_texts(given.texts), {*range(len(given.kinds)), -1})
    assert precision >= 0.98
    assert recall >= 0.98


def test_prices_and_numbers_as_slots_do_not_hide_a_campaign() -> None:
    copies = [
        f"Tickets for the match on {at}.5., two seats, {at * 9} EUR, call 0151 {at}77{at} now" for at in range(20)
    ]
    assert clusters(copies + ordinary(300)) == [set(range(20))]


def test_texts_that_are_mostly_different_numbers_stay_apart() -> None:
    texts = [f"Call {a}51 {a}23 {a}45 or {a}61 {a}84 {a}92 or {a}07 {a}18 {a}29 now" for a in range(10, 40)]
    assert clusters(texts) == []


def test_short_texts_with_one_slot_are_linked() -> None:
    copies = [f"Room in {city} free from today on" for city in ("Hull", "Leeds", "York", "Derby", "Bath")]
    assert clusters(copies + ordinary(300)) == [set(range(5))]


def test_two_copies_alone_are_a_campaign() -> None:
    one, other = campaign(Random(3), languages()["de"], 2, False, 2)
    assert clusters([*ordinary(500), one, other]) == [{500, 501}]


def test_the_same_text_twice_is_linked_whatever_its_case_and_marks() -> None:
    assert clusters(["Grüner Sessel zu verkaufen, fast neu!", "GRÜNER SESSEL — zu verkaufen: fast neu"]) == [{0, 1}]


def test_stock_sentences_alone_link_nothing() -> None:
    stock = (
        "We are a smoke free home without pets and the price is open to a fair offer.",
        "No warranty and no returns, as this is a private sale, collection in the evening only.",
    )
    words = languages()["en"]
    texts = [f"{stock[0]} {' '.join(words.draw(Random(at), 15 + at % 30))} {stock[1]}" for at in range(1_500)]
    linked = sum(len(one) for one in clusters(texts))
    assert linked <= 15


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_between_two_campaigns_does_not_join_them(language: str) -> None:
    words = languages()[language]
    one, other = (campaign(Random(seed), words, 2, False, 20) for seed in (41, 42))
    mixtures = []
    for at in range(10):
        left, right = one[at], other[at]
        mixtures.append(left[: len(left) // 2] + words.gap + right[len(right) // 2 :])
    found = clusters(one + other + mixtures)
    assert not any(cluster & set(range(20)) and cluster & set(range(20, 40)) for cluster in found)
    assert sum(len(cluster & set(range(40))) for cluster in found) == 40


def test_a_chain_of_small_changes_is_not_one_campaign() -> None:
    random, words = Random(8), languages()["en"]
    text = words.draw(random, 50)
    chain = []
    for _ in range(60):
        for _ in range(3):
            text[random.randrange(len(text))] = random.choice(words.words)
        chain.append(" ".join(text))
    found = clusters(chain + ordinary(200))
    assert all(max(cluster) - min(cluster) < 40 for cluster in found)


def test_a_campaign_of_thousands_is_found_though_its_phrases_are_everywhere() -> None:
    copies = campaign(Random(12), languages()["en"], 3, False, 3_000)
    found = clusters(copies + ordinary(3_000))
    assert len(max(found, key=len) & set(range(3_000))) >= 2_990


@pytest.mark.parametrize("texts", [[], [""], ["", "", "a"], ["!!! ???", "..."], ["\ud800 x y z", "a\x00b c d e f"]])
def test_texts_without_words_are_alone(texts: list[str]) -> None:
    assert link_texts(texts).tolist() == [-1] * len(texts)


def test_the_result_is_the_same_every_time() -> None:
    given = planted(seed=55, count=6_000).texts
    first = link_texts(given).tolist()
    assert all(link_texts(given).tolist() == first for _ in range(2))
