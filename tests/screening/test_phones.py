"""Telephone numbers in any disguise are found; figures that are none are left alone."""

import pytest

from fairboard.screening import Document, Verdict, screen
from tests.screening.disguised import DISGUISED, FURTHER, FURTHER_FIGURES, NOT_PHONES, PLAIN, SEVERAL


def phones(text: str, country: str, title: str = "Bicycle") -> list[str]:
    result = screen(Document("x", {"title": title, "body": text}, "vehicles/bicycles", "", country))
    return [one.value for one in result.contacts if one.kind == "phone"]


@pytest.mark.parametrize(("text", "country", "number"), DISGUISED)
def test_a_disguised_number_is_found(text: str, country: str, number: str) -> None:
    assert phones(text, country) == [number]


@pytest.mark.parametrize(("text", "country", "number"), DISGUISED)
def test_a_disguise_is_told_from_a_number_plainly_written(text: str, country: str, number: str) -> None:
    (contact,) = screen(Document("x", {"title": "Bicycle", "body": text}, "vehicles/bicycles", "", country)).contacts
    assert (contact.disguise >= 0.5) is (text not in PLAIN), number


@pytest.mark.parametrize(("text", "country", "number"), FURTHER)
def test_a_number_is_found_whatever_the_language_and_manner(text: str, country: str, number: str) -> None:
    found = phones(text, country)
    assert number in found
    assert len(found) == 1 or text in SEVERAL


@pytest.mark.parametrize("country", ["US", "DE", "GB", "FR", "ES", "IT", "AU"])
def test_more_figures_are_not_numbers(country: str) -> None:
    assert {text: found for text in FURTHER_FIGURES if (found := phones(text, country))} == {}


@pytest.mark.parametrize("text", ["اتصل ٢١٢٥٥٥٠١٤٧", "電話 ２１２５５５０１４７"])
def test_digits_of_the_script_of_the_text_are_no_disguise(text: str) -> None:
    (contact,) = screen(Document("x", {"body": text})).contacts
    assert (contact.value, contact.disguise) == ("+12125550147", 0.0)


@pytest.mark.parametrize("text", NOT_PHONES)
@pytest.mark.parametrize("country", ["US", "DE", "GB", "FR"])
def test_a_figure_is_not_a_number(text: str, country: str) -> None:
    assert phones(text, country) == []


def test_a_number_split_between_title_and_body_is_found() -> None:
    assert phones("555 0147 for more", "US", title="Bicycle 212") == ["+12125550147"]


def test_two_numbers_are_both_found() -> None:
    assert phones("Call 212-555-0147 by day or 212-555-0199 at night", "US") == ["+12125550147", "+12125550199"]


def test_a_disguised_number_holds_a_plain_one_does_not_hide() -> None:
    hidden = screen(Document("x", {"body": "Call two one two, five five five, zero one four seven."}))
    assert hidden.verdict is Verdict.HOLD
    assert {reason.rule for reason in hidden.reasons} == {"disguised-contact"}


@pytest.mark.parametrize(("text", "number"), [
    ("Call 555-0147", "5550147"), ("text me at 474 1234 please", "4741234"),
    ("Call five five five zero one four seven", "5550147"),
    ("call 212-555-0147", "+12125550147"), ("WhatsApp 4741234", "4741234"),
])  # fmt: skip
def test_seven_digits_count_where_a_word_asks_to_call_them(text: str, number: str) -> None:
    assert phones(text, "US") == [number if number[0] == "+" else f"{number};phone-context=+1"]


@pytest.mark.parametrize("text", [
    "474 1234", "number 474 1234", "call about the 1:18 model 474 1234 567", "part 474 1234", "Call for 4741234 km",
    "call 111-2345", "call 2345678", "text 120,500", "call 911-1234", "call between 10:30 12:45",
])  # fmt: skip
def test_seven_digits_alone_are_no_number(text: str) -> None:
    assert phones(text, "US") == []


@pytest.mark.parametrize("country", ["DE", "GB", "ES", "FR"])
def test_seven_digits_need_a_country_that_dials_them(country: str) -> None:
    assert phones("Call 555-0147", country) == []


def test_figures_in_falling_order_are_a_number_in_the_usual_groups() -> None:
    assert phones("917 555 23 14", "US") == ["+19175552314"]
    assert phones("940 600 80 20 cm", "US") == []


@pytest.mark.parametrize("text", [
    "two one two fife five five zero one four sevn", "two one two five fife five zero won four seven",
    "nine one seven five five five ate zero one two", "two one two five five five ziro one four sevn",
])  # fmt: skip
def test_misspelt_words_count_among_others(text: str) -> None:
    assert len(phones(text, "US")) == 1


@pytest.mark.parametrize("text", [
    "We ate one or two of the tree fruits, five in all, and won", "sevn fife ate won tree fore nien siks won ate",
    "one tree, two chairs, three lamps, four tables, five won prizes, six plates",
])  # fmt: skip
def test_misspelt_words_alone_are_words(text: str) -> None:
    assert phones(text, "US") == []
