"""A field reads what people type, keeps it as JSON and gives it back; what it cannot use it says in words."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairboard.fields import FIELD_TYPES, Choice, FieldError, FieldSpec, field_type

COLOURS = (Choice("red", "Red"), Choice("blue", "Dark blue"))


def spec(kind: str, **more: Any) -> FieldSpec:
    return FieldSpec("value", "Value", kind, choices=COLOURS, **more)


TYPED = [
    ("number", "1,250", Decimal(1250)), ("number", "1.250", Decimal(1250)), ("number", "12 000 km", Decimal(12000)),
    ("number", "1'250", Decimal(1250)), ("yesno", "Ja", True), ("yesno", "no", False), ("choice", "dark BLUE", "blue"),
    ("multichoice", "red; Dark blue", ("red", "blue")), ("date", "2026-12-31", date(2026, 12, 31)),
    ("date", "31.12.2026", date(2026, 12, 31)), ("email", "Anna@Example.org", "anna@example.org"),
    ("money", "1.234,50", Decimal("1234.50")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "raw", "value"), TYPED)
def test_what_people_type_is_understood(kind: str, raw: str, value: object) -> None:
    parsed = field_type(kind).parse(raw, spec(kind))
    assert parsed == value or str(parsed).lower() == str(value).lower()


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("number", "many"), ("number", ""), ("yesno", "perhaps"), ("choice", "green"), ("date", "someday"),
     ("date", "1850-01-01"), ("email", "anna"), ("link", "javascript:alert(1)"), ("phone", "12")],
)  # fmt: skip
def test_what_cannot_be_used_is_said_in_words(kind: str, raw: str) -> None:
    with pytest.raises(FieldError) as caught:
        field_type(kind).parse(raw, spec(kind))
    assert len(str(caught.value)) > 8


def test_bounds_are_named() -> None:
    year = FieldSpec("year", "Year", "number", minimum=Decimal(1900), maximum=Decimal(2030))
    with pytest.raises(FieldError, match="2030"):
        field_type("number").parse("3000", year)


@given(st.text(max_size=80))
def test_no_text_breaks_a_field(text: str) -> None:
    for name, kind in FIELD_TYPES.items():
        try:
            value = kind.parse(text, spec(name))
        except FieldError:
            continue
        kept = kind.to_json(value)
        assert kind.to_json(kind.from_json(kept, spec(name))) == kept
        assert isinstance(kind.format(value, spec(name)), str)


@pytest.mark.parametrize("raw", [None, 5, 2.5, [], {}, ["red", 5], True, float("nan"), float("inf")])
def test_no_json_value_breaks_a_field(raw: object) -> None:
    for name, kind in FIELD_TYPES.items():
        try:
            kind.parse(raw, spec(name))
        except FieldError:
            continue


def test_a_specification_with_a_misspelt_property_is_refused() -> None:
    with pytest.raises(FieldError, match="serchable"):
        FieldSpec.from_dict({"key": "x", "label": "X", "type": "text", "serchable": True})


def test_a_specification_survives_its_json() -> None:
    given_spec = {"key": "x", "label": "X", "type": "choice", "choices": [{"key": "a", "label": "A"}], "minimum": "1"}
    read = FieldSpec.from_dict(given_spec)
    assert FieldSpec.from_dict(read.to_dict()) == read
