"""The packaged object types, pipelines and profiles; the ready-made reports."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@lru_cache(maxsize=1)
def standard() -> dict[str, Any]:
    """What `standard.yaml` says."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("standard.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def ready_made() -> dict[str, Any]:
    """What `reports.yaml` says."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("reports.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def paper() -> str:
    """The Typst source of a report on paper, which reads its content from ``data.json`` beside it."""
    return files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
