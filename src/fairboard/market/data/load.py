"""Reading the packaged places and categories."""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


def categories() -> list[dict[str, Any]]:
    """The sections, each with its categories; lists of names are filled in as choices."""
    read = yaml.safe_load((HERE / "categories.yaml").read_text(encoding="utf-8"))
    sections: list[dict[str, Any]] = read["sections"]
    for section in sections:
        for category in section["categories"]:
            category["attributes"] = [_with_choices(one) for one in category["attributes"]]
    return sections


def _with_choices(spec: dict[str, Any]) -> dict[str, Any]:
    if "choices_of" not in spec:
        return spec
    names = suggestions()["lists"][spec["choices_of"]]
    choices = [{"key": key_of(name), "label": name} for name in names]
    return {**{name: value for name, value in spec.items() if name != "choices_of"}, "choices": choices}


def key_of(name: str) -> str:
    """The key of a choice that is a name: ``alfa_romeo`` of Alfa Romeo."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


@lru_cache(maxsize=1)
def suggestions() -> dict[str, Any]:
    """Names that are the same in every language: ``lists`` of choices, and what to ``suggest`` while typing."""
    read: dict[str, Any] = yaml.safe_load((HERE / "suggestions.yaml").read_text(encoding="utf-8"))
    return read


def aliases() -> dict[str, dict[str, list[str]]]:
    """Other names of cities: country code, name as in the places, what else people say."""
    read: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "aliases.yaml").read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1)
def headings() -> dict[str, Any]:
    """How people head the columns of their files: ``fields``, ``attributes``, and ``values`` of attributes."""
    read: dict[str, Any] = yaml.safe_load((HERE / "headings.yaml").read_text(encoding="utf-8"))
    return read


def places() -> list[dict[str, Any]]:
    """Every place, parents before children."""
    read: list[dict[str, Any]] = []
    with open(HERE / "places.jsonl", encoding="utf-8") as stream:
        for line in stream:
            code, name, kind, parent, latitude, longitude, currency, language, zone, population = json.loads(line)
            read.append(
                {"code": code, "name": name, "kind": kind, "parent": parent, "latitude": latitude,
                 "longitude": longitude, "currency": currency, "language": language, "time_zone": zone,
                 "population": population}
            )  # fmt: skip
    return read
