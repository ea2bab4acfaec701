"""A filter that cannot be used is refused with where and why."""

from typing import Any

import pytest

from fairboard.filters import FilterError, from_query, parse, validate
from tests.filters.rows import SCHEMA

BAD: list[tuple[Any, str]] = [
    ({"field": "wings", "op": "eq", "value": 2}, "field"),
    ({"field": "year", "op": "contains", "value": "9"}, "op"),
    ({"field": "year", "op": "gte", "value": "soon"}, "value"),
    (
        {"and": [{"field": "year", "op": "gte", "value": 1}, {"field": "fuel", "op": "eq", "value": "coal"}]},
        "and[1].value",
    ),
    ({"not": {"or": [{"field": "sold", "op": "eq", "value": "maybe"}]}}, "not.or[0].value"),
]


@pytest.mark.parametrize(("given", "path"), BAD)
def test_the_path_of_the_mistake_is_told(given: Any, path: str) -> None:
    with pytest.raises(FilterError) as caught:
        validate(parse(given), SCHEMA)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "given", [5, None, [], "x", {}, {"and": 5}, {"field": 5}, {"field": "year", "op": "eq", "and": []}]
)
def test_what_is_no_tree_is_refused(given: Any) -> None:
    with pytest.raises(FilterError):
        validate(parse(given), SCHEMA)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    tree: Any = {"field": "sold", "op": "eq", "value": True}
    for _ in range(50):
        tree = {"not": tree}
    with pytest.raises(FilterError):
        parse(tree)


def test_one_bad_part_of_an_address_costs_only_itself() -> None:
    found = from_query({"year.gte": ["2010"], "price.lte": ["cheap"], "wings": ["2"]}, SCHEMA)
    assert list(found.errors) == ["price.lte"]
    assert found.ignored == ("wings",)
    assert found.typed["price.lte"] == ["cheap"]
    assert found.tree is not None
