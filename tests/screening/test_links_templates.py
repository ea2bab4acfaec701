"""The template of a campaign: constant words, slots, and what each text has in them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairboard.bench.campaigns import campaign, languages
from fairboard.screening.links import template_of

BIKES = [
    "Selling my blue bike, 300 EUR, call 0151-1234 now. Thanks!",
    "Selling my red city bike, 1,250 EUR, call 0160-9876 now. Thanks!",
    "Selling my old bike, 80 EUR, call 0172-1111 now. Thanks!",
]


def test_slots_stand_where_the_texts_differ() -> None:
    template = template_of(BIKES)
    assert str(template) == "Selling my {1} bike, {2} EUR, call {3} now. Thanks!"
    assert [[value.value for value in template.values(text)] for text in BIKES] == [
        ["blue", "300", "0151-1234"], ["red city", "1,250", "0160-9876"], ["old", "80", "0172-1111"],
    ]  # fmt: skip


def test_a_slot_may_be_empty_in_a_text() -> None:
    template = template_of([*BIKES, "Selling my bike, 70 EUR, call 0133-2222 now. Thanks!"])
    values = template.values("Selling my bike, 70 EUR, call 0133-2222 now. Thanks!")
    assert [(value.slot, value.value) for value in values] == [(2, "70"), (3, "0133-2222")]


@pytest.mark.parametrize("language", ["en", "ru", "ar", "zh", "th"])
@pytest.mark.parametrize("slots", range(1, 9))
def test_there_are_as_many_slots_as_were_planted(language: str, slots: int) -> None:
    random, spoken = Random(slots), languages()[language]
    pieces = [spoken.gap.join(random.sample(spoken.words[50:], 6)) for _ in range(slots + 1)]
    copies = []
    for number in range(40):
        values = [f" {number * 7 + at + 100} " for at in range(slots)]
        copies.append("".join(piece + value for piece, value in zip(pieces, [*values, ""], strict=True)))
    template = template_of(copies)
    assert template.slots == slots
    assert [value.value for value in template.values(copies[3])] == [str(121 + at) for at in range(slots)]
    assert " ".join(str(template).split()) == " ".join(
        f"{piece} {{{at}}}" if at <= slots else piece for at, piece in enumerate(pieces, start=1)
    )


def test_a_template_of_one_text_is_the_text() -> None:
    template = template_of(["Only one  text"])
    assert (str(template), template.slots) == ("Only one text", 0)


def test_a_template_of_texts_with_nothing_in_common_is_one_slot() -> None:
    assert str(template_of(["one two", "three four"])).strip() == "{1}"


def test_nothing_has_an_empty_template() -> None:
    assert str(template_of([])) == ""


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6), st.text(max_size=80))
def test_values_put_any_text_together_again(texts: list[str], other: str) -> None:
    template = template_of(texts)
    for text in [*texts, other]:
        values = template.values(text)
        assert template.rendered(text, values) == text
        assert all(text[value.start : value.end] == value.value for value in values)
        assert all(one.end <= two.start for one, two in zip(values, values[1:], strict=False))


def test_values_hold_exactly_the_words_that_are_not_constant() -> None:
    copies = campaign(Random(5), languages()["en"], 3, True, 20)
    template = template_of(copies)
    constant = {word for part in template.parts if not part.slot for word in part.text.split()}
    for text in copies:
        rest, last = [], 0
        for value in template.values(text):
            rest += text[last : value.start].split()
            last = value.end
        assert {word for word in [*rest, *text[last:].split()] if word.isalpha()} <= constant
