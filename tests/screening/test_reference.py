"""The reference of the screening names every variable and indicator."""

from pathlib import Path

from fairboard.screening import ENVIRONMENT, default_packs

TEXT = (Path(__file__).parents[2] / "docs" / "screening.md").read_text()


def test_every_variable_is_described() -> None:
    missing = [
        one["name"] for one in ENVIRONMENT.reference()
        if f"| `{one['name']}` | {one['type']} | {one['doc']} |" not in TEXT
    ]  # fmt: skip
    assert missing == []


def test_every_indicator_is_listed_with_its_weight_and_source() -> None:
    missing = [
        one.id for pack in default_packs() for one in pack.indications
        if f"| `{one.id}` | {one.weight:g} | {one.source} |" not in TEXT
    ]  # fmt: skip
    assert missing == []
