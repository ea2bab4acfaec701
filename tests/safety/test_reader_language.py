"""The desk speaks its reader's language, and a list that is kept does not keep the language of who opened it first."""

from collections.abc import Callable

import pytest
from django.utils import translation

from fairboard.filters import Schema
from fairboard.rules import rows
from fairboard.safety.forms_rules import RuleForm
from fairboard.safety.queries.appeals import appeal_schema
from fairboard.safety.queries.orders import order_schema
from fairboard.safety.services.rules import sentence
from fairboard.screening import ENVIRONMENT


@pytest.mark.parametrize(
    ("schema", "column", "label"),
    [(order_schema, "kind", "Search warrant"), (appeal_schema, "outcome", "The decision stays")],
)
def test_a_list_does_not_remember_the_language_of_its_first_reader(
    schema: Callable[[], Schema], column: str, label: str
) -> None:
    schema.cache_clear()  # type: ignore[attr-defined]
    with translation.override("de"):
        labels = [choice.label for choice in schema().columns[column].spec.choices]
    assert label in labels


def test_a_mistake_in_a_condition_is_said_in_the_readers_language() -> None:
    (problem,) = ENVIRONMENT.check("contact.phonez > 1")
    (row,) = rows.check({"all": [{"variable": "nothing", "operator": "is", "value": 1}]}, ENVIRONMENT)
    with translation.override("de"):
        assert sentence(problem) == "Es gibt keine Variable contact.phonez. Meinst du contact.phones?"
        assert sentence(row) == "Es gibt keine Variable 'nothing'."
    assert problem.message == "There is no variable contact.phonez. Did you mean contact.phones?"


def test_a_form_offers_the_policies_in_the_readers_language() -> None:
    with translation.override("de"):
        names = dict(RuleForm().fields["policy"].choices)  # type: ignore[attr-defined]
    assert names["scam"] == "Betrug"
