"""A small table and trees over it, for the properties of filters."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from fairboard.fields import Choice, FieldSpec, field_type
from fairboard.filters import And, Column, Condition, Node, Not, Or, Schema

FUEL = tuple(Choice(key, key.title()) for key in ("petrol", "diesel", "electric"))
SPECS = {
    "make": FieldSpec("make", "Make", "text"),
    "year": FieldSpec("year", "Year", "number"),
    "price": FieldSpec("price", "Price", "number", decimals=2),
    "fuel": FieldSpec("fuel", "Fuel", "choice", choices=FUEL),
    "sold": FieldSpec("sold", "Sold", "yesno"),
    "extras": FieldSpec("extras", "Extras", "multichoice", choices=FUEL),
}
SCHEMA = Schema(
    {
        name: Column(one, {"sqlite": f"json_extract(t.data, '$.{name}')", "postgresql": "x"}, indexed_as=name)
        for name, one in SPECS.items()
    }
)

NUMBERS = st.one_of(st.none(), st.integers(0, 40).map(Decimal), st.integers(0, 4_000).map(lambda n: Decimal(n) / 4))
ROW = st.fixed_dictionaries(
    {
        "make": st.one_of(st.none(), st.sampled_from(["VW", "vw golf", "Škoda", "100%", "a_b", ""])),
        "year": st.one_of(st.none(), st.integers(1990, 2026).map(Decimal)),
        "price": NUMBERS,
        "fuel": st.one_of(st.none(), st.sampled_from([one.key for one in FUEL])),
        "sold": st.one_of(st.none(), st.booleans()),
        "extras": st.one_of(st.none(), st.lists(st.sampled_from([one.key for one in FUEL]), unique=True).map(tuple)),
    }
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """One condition whose value suits its field and operator."""
    name = draw(st.sampled_from(sorted(SPECS)))
    spec = SPECS[name]
    op = draw(st.sampled_from(field_type(spec.type).operators))
    one: Any = {
        "text": st.sampled_from(["vw", "VW", "ŠKODA", "%", "_", "100%"]),
        "number": st.integers(0, 2_100) if name == "year" else st.integers(0, 4_000).map(lambda n: n / 4),
        "choice": st.sampled_from([choice.key for choice in FUEL]),
        "multichoice": st.sampled_from([choice.key for choice in FUEL]),
        "yesno": st.booleans(),
    }[spec.type]
    if op == "is_empty":
        return Condition(name, op, draw(st.booleans()))
    if op == "between":
        return Condition(name, op, (draw(one), draw(one)))
    if op in {"in", "has_any", "has_all"}:
        return Condition(name, op, tuple(draw(st.lists(one, min_size=1, max_size=3))))
    return Condition(name, op, draw(one))


TREES: st.SearchStrategy[Node] = st.recursive(
    conditions(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def to_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is kept."""
    return {name: field_type(SPECS[name].type).to_json(value) for name, value in row.items() if value is not None}


def index_terms(row: dict[str, Any]) -> set[str]:
    """The terms an index holds of a row."""
    return {
        term
        for name, value in row.items()
        if value is not None
        for term in field_type(SPECS[name].type).index_terms(name, value, SPECS[name])
    }
