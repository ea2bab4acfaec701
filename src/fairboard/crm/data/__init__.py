"""What comes with the package: object types, ready-made reports and automations, words of other people's files."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def standard() -> dict[str, Any]:
    """The packaged object types, pipelines and profiles."""
    return _read("standard.yaml")


@lru_cache(maxsize=1)
def importing_words() -> dict[str, Any]:
    """What headings of other people's files mean: ``words`` by field, ``sets`` by CRM."""
    return _read("importing.yaml")


@lru_cache(maxsize=1)
def automations() -> dict[str, Any]:
    """The packaged automations, by key."""
    return _read("automations.yaml")


@lru_cache(maxsize=1)
def ready_made() -> dict[str, Any]:
    """The packaged reports and dashboards."""
    return _read("reports.yaml")


@lru_cache(maxsize=1)
def paper() -> str:
    """The Typst source of a report on paper, which reads its content from ``data.json`` beside it."""
    return files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
