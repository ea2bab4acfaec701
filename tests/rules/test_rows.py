"""Rows and CEL are the same thing: what rows can say goes there and back without loss, the rest stays CEL."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairboard.rules import Environment, Variable, rows

ENVIRONMENT = Environment(
    [
        Variable("contact.phones", "int", "How many telephone numbers there are."),
        Variable("match.similarity", "double", "How close."),
        Variable("ad.category", "string", "The category."),
        Variable("member.is_new", "bool", "Whether the member joined this week."),
        Variable("text.tags", "list", "What was found."),
        Variable("text.counts", "map", "Not for rows."),
    ]
)
TEXTS = st.text(min_size=1, max_size=12)
INTS = st.integers(-(2**62), 2**62)
DOUBLES = st.floats(-1e12, 1e12, allow_nan=False).map(lambda one: round(one, 6) + 0.0)


def row(variable: str, operators: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"variable": st.just(variable), "operator": st.sampled_from(operators), "value": values}
    )


NUMBERS = ["eq", "ne", "lt", "lte", "gt", "gte"]
ROWS = st.one_of(
    row("contact.phones", NUMBERS, INTS),
    row("contact.phones", ["between"], st.lists(INTS, min_size=2, max_size=2).map(sorted)),
    row("match.similarity", NUMBERS, DOUBLES),
    row("match.similarity", ["between"], st.lists(DOUBLES, min_size=2, max_size=2).map(sorted)),
    row("ad.category", ["is", "is_not", "starts_with", "ends_with", "contains"], TEXTS),
    row("ad.category", ["one_of"], st.lists(TEXTS, min_size=1, max_size=4)),
    row("member.is_new", ["is"], st.booleans()),
    row("text.tags", ["has"], TEXTS),
)
TREES = st.recursive(
    ROWS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"all": found}),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"any": found}),
        inner.map(lambda found: {"not": found}),
    ),
    max_leaves=8,
).filter(lambda tree: not rows.check(tree, ENVIRONMENT))
VALUES = st.fixed_dictionaries(
    {
        "contact": st.fixed_dictionaries({"phones": INTS}),
        "match": st.fixed_dictionaries({"similarity": DOUBLES}),
        "ad": st.fixed_dictionaries({"category": TEXTS}),
        "member": st.fixed_dictionaries({"is_new": st.booleans()}),
        "text": st.fixed_dictionaries({"tags": st.lists(TEXTS, max_size=3)}),
    }
)


def holds(node: dict[str, Any], values: dict[str, Any]) -> bool:
    """What a tree means, said once more without CEL."""
    if "all" in node:
        return all(holds(one, values) for one in node["all"])
    if "any" in node:
        return any(holds(one, values) for one in node["any"])
    if "not" in node:
        return not holds(node["not"], values)
    group, _dot, name = node["variable"].partition(".")
    found, wanted = values[group][name], node["value"]
    meant = {
        "eq": lambda: found == wanted, "ne": lambda: found != wanted, "lt": lambda: found < wanted,
        "lte": lambda: found <= wanted, "gt": lambda: found > wanted, "gte": lambda: found >= wanted,
        "between": lambda: wanted[0] <= found <= wanted[1], "is": lambda: found == wanted,
        "is_not": lambda: found != wanted, "starts_with": lambda: found.startswith(wanted),
        "ends_with": lambda: found.endswith(wanted), "contains": lambda: wanted in found,
        "one_of": lambda: found in wanted, "has": lambda: wanted in found,
    }  # fmt: skip
    return meant[node["operator"]]()


@settings(max_examples=300)
@given(TREES, VALUES)
def test_rows_become_cel_and_the_same_rows_again(tree: dict[str, Any], values: dict[str, Any]) -> None:
    source = rows.to_cel(tree, ENVIRONMENT)
    again = rows.from_cel(source, ENVIRONMENT)
    assert again == rows.normal(tree)
    assert rows.to_cel(again, ENVIRONMENT) == source
    assert ENVIRONMENT.compile(source).evaluate(values) == holds(tree, values)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(source: str) -> None:
    found = rows.from_cel(source, ENVIRONMENT)
    assert found is None or not rows.check(found, ENVIRONMENT)


@pytest.mark.parametrize(
    "source",
    [
        "contact.phones + 1 > 2",
        'text.tags.exists(one, one == "a")',
        "size(ad.category) > 3",
        "contact.phones > 0 ? true : false",
        "contact.phones > 0 // a comment would be lost",
        'text.counts["a"] > 0',
        "match.similarity > contact.phones",
        "(" * 40 + "member.is_new" + ")" * 40,
    ],
)
def test_what_rows_cannot_say_stays_cel(source: str) -> None:
    assert rows.from_cel(source, ENVIRONMENT) is None


def test_brackets_are_groups() -> None:
    source = 'contact.phones > 1 && (member.is_new || !(ad.category.startsWith("jobs/")))'
    found = rows.from_cel(source, ENVIRONMENT)
    assert found == {
        "all": [
            {"variable": "contact.phones", "operator": "gt", "value": 1},
            {
                "any": [
                    {"variable": "member.is_new", "operator": "is", "value": True},
                    {"not": {"variable": "ad.category", "operator": "starts_with", "value": "jobs/"}},
                ]
            },
        ]
    }
    assert rows.to_cel(found, ENVIRONMENT) == source


@pytest.mark.parametrize(
    ("bad", "path", "field"),
    [
        ({"variable": "contact.fones", "operator": "gt", "value": 1}, "all[1]", "variable"),
        ({"variable": "contact.phones", "operator": "contains", "value": 1}, "all[1]", "operator"),
        ({"variable": "contact.phones", "operator": "gt", "value": "many"}, "all[1]", "value"),
        ({"variable": "contact.phones", "operator": "between", "value": [5, 1]}, "all[1]", "value"),
        ({"any": [{"variable": "ad.category", "operator": "one_of", "value": []}]}, "all[1].any[0]", "value"),
        ({"variable": "text.counts", "operator": "is", "value": 1}, "all[1]", "operator"),
        ({"any": []}, "all[1]", "rows"),
        ("nonsense", "all[1]", "row"),
    ],
)
def test_an_error_names_the_row_and_the_field(bad: Any, path: str, field: str) -> None:
    tree = {"all": [{"variable": "member.is_new", "operator": "is", "value": True}, bad]}
    with pytest.raises(rows.RowError) as caught:
        rows.to_cel(tree, ENVIRONMENT)
    assert [(one.path, one.field) for one in caught.value.problems] == [(path, field)]


LONG = """member.is_new
  && contact.phones >= 0
  && (ad.category.startsWith("jobs/")
      || (contact.phones > 5 && {wrong}))
  && match.similarity > 0.5"""


@pytest.mark.parametrize("wrong", ["ad.category > 3", "contact.phones + 1", 'contact.phones.startsWith("a")'])
def test_a_type_that_does_not_fit_is_pointed_at_in_a_long_expression(wrong: str) -> None:
    (problem,) = ENVIRONMENT.check(LONG.format(wrong=wrong))
    assert (problem.line, problem.column) == (4, LONG.splitlines()[3].index("{wrong}") + 1)


def test_a_value_of_another_type_is_pointed_at() -> None:
    (problem,) = ENVIRONMENT.check("contact.phones > 0 &&\n  ad.category == 3")
    assert (problem.line, problem.column) == (2, 18)


def test_what_fails_where_nothing_is_known_is_a_mistake() -> None:
    assert ENVIRONMENT.check('text.tags[0] == "a"')
    assert not ENVIRONMENT.check('size(text.tags) > 0 && text.tags[0] == "a"')
