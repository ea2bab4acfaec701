"""Rules are checked when they are written, explained when they have run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairboard.rules import Environment, RuleError, Variable

ENVIRONMENT = Environment(
    [
        Variable("contact.phones", "int", "How many telephone numbers there are."),
        Variable("text.length", "int", "How long the text is."),
        Variable("ad.category", "string", "The category."),
        Variable("match.similarity", "double", "How close."),
    ]
)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("contact.fones > 0", "contact.phones"),
        ("contact.phones >", "line 1"),
        ("", "condition"),
        ("contact.phones + 1", "bool"),
        ("ad.category > 3", ""),
    ],
)
def test_a_mistake_is_told_before_the_rule_is_kept(source: str, said: str) -> None:
    assert ENVIRONMENT.check(source)
    with pytest.raises(RuleError) as caught:
        ENVIRONMENT.compile(source)
    assert said in str(caught.value)


def test_missing_values_have_a_typed_default() -> None:
    program = ENVIRONMENT.compile("contact.phones > 0 || match.similarity > 0.5")
    assert program.evaluate({}) is False
    assert program.evaluate({"match": {"similarity": 0.9}}) is True


def test_an_explanation_names_values_and_parts() -> None:
    program = ENVIRONMENT.compile('contact.phones > 0 && ad.category.startsWith("jobs/")')
    found = program.explain({"contact": {"phones": 2}, "ad": {"category": "vehicles/cars"}})
    assert found.result is False
    assert dict(found.uses) == {"contact.phones": 2, "ad.category": "vehicles/cars"}
    assert [result for _part, result in found.parts] == [True, False]


@given(st.text(max_size=60))
def test_no_source_breaks_the_check(source: str) -> None:
    if not ENVIRONMENT.check(source):
        assert ENVIRONMENT.compile(source).evaluate({}) in {True, False}


def test_a_rule_without_end_is_refused() -> None:
    assert ENVIRONMENT.check(" && ".join(["contact.phones > 0"] * 500))
