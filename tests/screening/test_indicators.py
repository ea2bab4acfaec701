"""Indicators: one alone holds nothing, several of different kinds hold; ordinary ads are let through."""

import pytest

from fairboard.demo.generate import ads
from fairboard.screening import ENVIRONMENT, Document, Result, Verdict, default_packs, screen
from fairboard.screening.features.indicators import GROUPS, together
from tests.screening.ordinary import ORDINARY, SIGNS

INDICATIONS = [one for pack in default_packs() for one in pack.indications]


def judged(text: str, category: str = "services/home", country: str = "US") -> Result:
    return screen(Document("x", {"title": "Notice", "body": text}, category, "", country))


@pytest.mark.parametrize(("category", "country", "text"), ORDINARY)
def test_an_ordinary_ad_is_not_held(category: str, country: str, text: str) -> None:
    result = judged(text, category, country)
    assert result.verdict is Verdict.ALLOW, [one.rule for one in result.reasons]


@pytest.mark.parametrize(("category", "text"), SIGNS)
def test_several_signs_together_are_held(category: str, text: str) -> None:
    assert judged(text, category).verdict is not Verdict.ALLOW


def test_hardly_an_ad_of_the_demo_is_held() -> None:
    drafts = [one.draft for one in ads(seed=11, count=4_000)]
    held = [
        one.title
        for one in drafts
        if screen(
            Document("x", {"title": one.title, "body": one.body}, one.category, one.place, one.place[:2].upper())
        ).verdict
        is not Verdict.ALLOW
    ]
    assert len(held) <= 0.005 * len(drafts), held[:5]


def test_every_kind_is_there_with_a_source_and_a_neutral_message() -> None:
    assert {one.group for one in INDICATIONS} == set(GROUPS)
    for one in INDICATIONS:
        assert one.source, one.id
        assert one.id.startswith(f"{one.group}."), one.id
        assert one.message.endswith("."), one.id


def test_no_indicator_alone_holds_an_ad_of_its_category() -> None:
    strong = {"payment.gift-cards", "scam.money-through-you"}  # no honest ad asks for these
    terms = {term.text for pack in default_packs() for term in pack.terms}
    for one in INDICATIONS:
        category = (*one.categories, "services/home")[0]
        for word in one.words:
            if one.id in strong or any(term in word for term in terms):
                continue
            result = judged(f"Hello, {word}, thank you.", category if category.count("/") else category)
            rules = {reason.rule for reason in result.reasons}
            found = {sign.id for sign in result.indicators}
            assert not rules or len(found) > 1, (word, rules, found)


@pytest.mark.parametrize("one", [one for one in INDICATIONS if one.words], ids=lambda one: one.id)
def test_every_phrase_is_found_and_marked(one: object) -> None:
    assert hasattr(one, "words")
    category = next((slug for slug in ("services/home", "jobs/care", "housing/rent", "for-sale/tools")
                     if one.counts_in(slug)), "")  # type: ignore[attr-defined]  # fmt: skip
    for word in one.words:
        body = f"Well, {word} indeed."
        found = [sign for sign in judged(body, category).indicators if sign.id == one.id]  # type: ignore[attr-defined]
        assert found, word
        assert any(word.split()[0] in body[span.start : span.end].lower() for span in found[0].spans), word


def test_weights_add_up_as_if_independent() -> None:
    assert together([]) == 0.0
    assert together([0.5, 0.5]) == 0.75
    features = judged("New in town, only this week.").features["indicator"]
    assert features["exploitation"] == pytest.approx(1 - 0.7 * 0.7)
    assert (features["voice"], features["movement"], features["exploitation_groups"]) == (
        pytest.approx(0.3), pytest.approx(0.3), 2,
    )  # fmt: skip


def test_a_word_beside_it_takes_an_indicator_back() -> None:
    assert "scam.code" in {one.id for one in judged("Send me the code.").indicators}
    assert "scam.code" not in {one.id for one in judged("Never send me the code.").indicators}


def test_disguise_is_an_indicator_of_its_own() -> None:
    found = judged("Call two one two five five five zero one four seven").indicators
    assert [one.id for one in found] == ["disguise.contact"]
    assert found[0].spans


def test_rules_see_every_declared_feature() -> None:
    features = judged("Hello").features
    assert {f"{group}.{name}" for group, values in features.items() for name in values} == set(ENVIRONMENT.variables)
