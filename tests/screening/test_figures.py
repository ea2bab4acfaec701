"""Ages and prices are read as people write them, and come out as plain numbers."""

import pytest

from fairboard.screening import Document, Result, screen


def screened(text: str, year: int = 2026) -> Result:
    return screen(Document("x", {"title": "Notice", "body": text}, year=year))


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
    ("text", "age", "span"),
    [
        ("She is nineteen years old.", "19", "nineteen years old"),
        ("Twenty-one years old", "21", "Twenty-one years old"),
        ("a twenty two year old student", "22", "twenty two year old"), ("I am nineteen.", "19", "I am nineteen"),
        ("aged nineteen", "19", "aged nineteen"), ("I'm twenty one, quiet", "21", "I'm twenty one"),
        ("Ich bin neunzehn Jahre alt", "19", "neunzehn Jahre alt"),
        ("ich bin zweiundzwanzig.", "22", "ich bin zweiundzwanzig"),
        ("neunzehnjährige Studentin", "19", "neunzehnjährige"), ("tengo veinte años", "20", "veinte años"),
        ("Tengo treinta y dos años.", "32", "treinta y dos años"), ("j'ai dix-neuf ans", "19", "dix-neuf ans"),
        ("vingt et un ans", "21", "vingt et un ans"), ("soixante-dix-huit ans", "78", "soixante-dix-huit ans"),
        ("I'm 26.", "26", "I'm 26"), ("I'm 26.\nCall me", "26", "I'm 26"), ("aged 21.", "21", "aged 21"),
        ("Born 2007, from Leeds", "19", "Born 2007"), ("born in 1999", "27", "born in 1999"),
        ("born on 3 May 2007", "19", "born on 3 May 2007"), ("Jahrgang 2007", "19", "Jahrgang 2007"),
        ("geboren am 03.05.2007", "19", "geboren am 03.05.2007"),
        ("geboren im Jahr 2000", "26", "geboren im Jahr 2000"),
        ("nacida en 2007", "19", "nacida en 2007"), ("née en 2005", "21", "née en 2005"),
        ("year of birth: 2001", "25", "year of birth: 2001"), ("2007er Jahrgang", "19", "2007er Jahrgang"),
    ],
)  # fmt: skip
def test_an_age_is_read_where_it_is_written(text: str, age: str, span: str) -> None:
    assert [(one.value, one.raw) for one in screened(text).ages] == [(age, span)]


@pytest.mark.parametrize(
    "text",
    [
        "I am one of two owners", "two years old", "I am ten minutes away", "born in Berlin, street 12",
        "dix ans de garantie",
        "veinte años de experiencia", "thirty old records", "twelve years old-fashioned craft", "born 2025",
        "born 1890",
        "Bought 2007", "a house of nineteen rooms, years old", "he is two metres tall",
    ],
)  # fmt: skip
def test_words_that_tell_no_age_are_none(text: str) -> None:
    assert [one for one in screened(text).ages if int(one.value) >= 10] == []


def test_a_year_of_birth_needs_a_year_to_count_from() -> None:
    assert screened("born 2007", year=0).ages == ()
    assert [one.value for one in screened("born 2007", year=2030).ages] == ["23"]


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
