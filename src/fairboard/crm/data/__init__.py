"""The packaged object types, pipelines and profiles; what headings of other people's files mean."""

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
def importing_words() -> dict[str, Any]:
    """What headings of other people's files mean: ``words`` by field, ``sets`` by CRM."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("importing.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def automations() -> dict[str, Any]:
    """The packaged automations, by key."""
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("automations.yaml").read_text(encoding="utf-8"))
    return found
