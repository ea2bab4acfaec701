"""The house keeps its shape: sizes, directions, names."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from fairboard.kit import tasks
from fairboard.ledger import kinds

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fairboard"
FILES = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
FLOORS = ["fields", "filters", "rules", "screening", "insight", "kit", "ui", "ledger", "people", "safety", "trust",
          "market", "talk", "crm", "marketing", "api", "web"]  # fmt: skip
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "misc.py"}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_can_be_read_in_a_minute(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
    assert path.name not in FORBIDDEN_NAMES
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno <= 60, f"{path}: {function.name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_others_call_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}: {node.name} has no docstring"


def test_no_model_is_fetched_by_name() -> None:
    found = [path for path in FILES if re.search(r"\bget_model\(", path.read_text())]
    assert found == []


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def test_no_foreign_key_points_up() -> None:
    for model in apps.get_models():
        if not model.__module__.startswith("fairboard."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey | models.OneToOneField) else None
            if isinstance(target, type) and target.__module__.startswith("fairboard."):
                assert FLOORS.index(room_of(target)) <= FLOORS.index(room_of(model)), f"{model}.{field.name}"


def test_the_ledger_has_no_foreign_key_out_of_itself() -> None:
    for model in apps.get_app_config("ledger").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert room_of(field.related_model) == "ledger"  # type: ignore[arg-type]


def test_models_have_no_hidden_order() -> None:
    for model in apps.get_models():
        if model.__module__.startswith("fairboard."):
            assert not model._meta.ordering, f"{model} sorts behind the reader's back"


def test_every_task_that_is_asked_for_exists() -> None:
    assert tasks.unknown_names() == []


def test_event_kinds_are_named_alike() -> None:
    for kind in kinds.all_kinds():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+\.[a-z_]+", kind), kind


def test_every_setting_is_described() -> None:
    read = set(re.findall(r"FAIRBOARD_[A-Z0-9_]+", (SOURCE / "settings.py").read_text()))
    read |= set(re.findall(r"FAIRBOARD_[A-Z0-9_]+", (SOURCE / "cli" / "running.py").read_text()))
    described = set(re.findall(r"FAIRBOARD_[A-Z0-9_]+", (ROOT / "docs" / "configure.md").read_text()))
    assert read - {"FAIRBOARD_"} <= described


def test_every_event_kind_is_described() -> None:
    described = (ROOT / "docs" / "ledger.md").read_text()
    assert [kind for kind in kinds.all_kinds() if f"`{kind}`" not in described] == []


def test_time_is_passed_in() -> None:
    """Only the clock asks what time it is; services are told."""
    for path in FILES:
        if path.name == "clock.py" or {"bench", "demo", "cli"} & set(path.parts):
            continue
        text = path.read_text()
        assert not re.search(r"\b(datetime\.now|timezone\.now|datetime\.utcnow)\(", text), path


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Pages and styles name no other host: assets ship in the package."""
    for path in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.css")]:
        text = path.read_text()
        found = [
            address
            for address in re.findall(r"(?:src|href)=\"(https?://[^\"]+)\"|url\((https?://[^)]+)\)", text)
            if "schema.org" not in str(address)
        ]
        assert not found, f"{path}: {found}"
