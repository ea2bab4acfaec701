"""Ages and prices are read as people write them, and come out as plain numbers."""

import pytest

from fairboard.screening import Document, Result, screen


def screened(text: str) -> Result:
    return screen(Document("x", {"title": "Notice", "body": text}))


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("I am 19 years old", "19"), ("19yo student", "19"), ("19 y.o. student", "19"), ("19 y/o", "19"),
        ("aged 21", "21"), ("Age: 34", "34"), ("ich bin 22 Jahre alt", "22"), ("22-jährige Studentin", "22"),
        ("j'ai 23 ans", "23"), ("tengo 24 años", "24"), ("Edad: 25", "25"), ("I'm 26, quiet and tidy", "26"),
        ("мне 27 лет", "27"),
    ],
)  # fmt: skip
def test_an_age_is_read(text: str, age: str) -> None:
    assert [one.value for one in screened(text).ages] == [age]


@pytest.mark.parametrize(
    "text",
    ["I'm 20 minutes away", "i am 90% sure", "version 2.5", "12 months old papers", "stage 3 of 4", "I'm 10.5 km out"],
)
def test_other_figures_are_no_ages(text: str) -> None:
    assert screened(text).ages == ()


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("$6,500 obo", "6500", "USD"), ("€1.200,50 VB", "1200.50", "EUR"), ("850 € warm", "850", "EUR"),
        ("£ 75", "75", "GBP"), ("120 dollars", "120", "USD"), ("CHF? 90 chf", "90", "CHF"), ("$0.99", "0.99", "USD"),
    ],
)  # fmt: skip
def test_a_price_is_read(text: str, amount: str, currency: str) -> None:
    assert [(one.value, one.unit) for one in screened(text).prices] == [(amount, currency)]


@pytest.mark.parametrize("text", ["$1,2,3,4.5.6", "$1.2.3,4", "€ ..5,,"])
def test_strange_amounts_break_nothing(text: str) -> None:
    assert all(float(one.value) >= 0 for one in screened(text).prices)
