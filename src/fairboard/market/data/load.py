"""Reading the packaged places and categories."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


def categories() -> list[dict[str, Any]]:
    """The sections, each with its categories."""
    read = yaml.safe_load((HERE / "categories.yaml").read_text(encoding="utf-8"))
    sections: list[dict[str, Any]] = read["sections"]
    return sections


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
