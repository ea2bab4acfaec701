"""Where records are: dots and clusters of a part of the earth, worked out in the database."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from fairboard.crm import sql
from fairboard.crm.queries.access import visible_fields
from fairboard.crm.queries.records import condition_of, readable
from fairboard.filters import Node
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from fairboard.market.queries.places import place_by_text

CELLS = 36
"""How many squares the wider side of the map is divided into: records of one square are one dot."""
MOST_CITIES = 2_000


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the earth in degrees."""

    south: float
    west: float
    north: float
    east: float

    @property
    def step(self) -> float:
        """The side of a square in degrees."""
        return max(self.north - self.south, (self.east - self.west) / 2, 0.02) / (CELLS / 2)


WORLD = Box(-60.0, -180.0, 80.0, 180.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """Records near one another: where, how many, and the one there is when it is one."""

    latitude: float
    longitude: float
    count: int
    record_id: str
    name: str


def dots(*, actor: Actor, type_key: str, tree: Node | None, box: Box | None) -> tuple[list[Dot], Box]:
    """The records of a filter as dots, the most first, and the part of the earth they lie in (or ``box``).

    By latitude and longitude where the type has them, by the place a city's name means where not.
    """
    seat, info = readable(actor, type_key)
    seen = set(visible_fields(seat, info))
    condition, params = condition_of(seat, info, tree)
    if {"latitude", "longitude"} <= seen:
        latitude, longitude = (sql.expressions(info.fields[key])[dialect()] for key in ("latitude", "longitude"))
        found = _by_numbers(condition, params, latitude, longitude, box)
        if found[0] or "city" not in seen:
            return found
    return _by_city(condition, params, sql.expressions(info.fields["city"])[dialect()], box)


def _by_numbers(
    condition: str, params: Sequence[Any], latitude: str, longitude: str, box: Box | None
) -> tuple[list[Dot], Box]:
    base = f"FROM crm_record WHERE {condition} AND {latitude} IS NOT NULL AND {longitude} IS NOT NULL"
    with connection.cursor() as cursor:
        if box is None:
            cursor.execute(
                f"SELECT MIN({latitude}), MIN({longitude}), MAX({latitude}), MAX({longitude}) {base}", params
            )
            edges = cursor.fetchone()
            if edges is None or edges[0] is None:
                return [], WORLD
            box = _padded(*(float(one) for one in edges))
        step = box.step
        floor = "CAST({0} / %s AS INTEGER)" if connection.vendor == "sqlite" else "floor({0} / %s)"
        cells = ", ".join(floor.format(f"({one} + {more})") for one, more in ((latitude, 90), (longitude, 180)))
        cursor.execute(
            f"SELECT AVG({latitude}), AVG({longitude}), COUNT(*), MIN(public_id), MIN(name) {base}"
            f" AND {latitude} BETWEEN %s AND %s AND {longitude} BETWEEN %s AND %s GROUP BY {cells}"
            " ORDER BY 3 DESC LIMIT 800",
            [*params, box.south, box.north, box.west, box.east, step, step],
        )
        rows = cursor.fetchall()
    return [Dot(float(row[0]), float(row[1]), row[2], row[3] if row[2] == 1 else "", row[4]) for row in rows], box


def _by_city(condition: str, params: Sequence[Any], city: str, box: Box | None) -> tuple[list[Dot], Box]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {city}, COUNT(*), MIN(public_id), MIN(name) FROM crm_record WHERE {condition}"
            f" AND {city} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT {MOST_CITIES:d}",
            params,
        )
        rows = cursor.fetchall()
    found = []
    for name, count, record_id, called in rows:
        place = place_by_text(str(name))
        if place is not None and place.latitude is not None and place.longitude is not None:
            found.append(
                Dot(place.latitude, place.longitude, count, record_id if count == 1 else "",
                    called if count == 1 else str(name))
            )  # fmt: skip
    if box is None:
        if not found:
            return [], WORLD
        box = _padded(
            min(one.latitude for one in found), min(one.longitude for one in found),
            max(one.latitude for one in found), max(one.longitude for one in found),
        )  # fmt: skip
    return _clustered([one for one in found if _inside(one, box)], box), box


def _inside(dot: Dot, box: Box) -> bool:
    return box.south <= dot.latitude <= box.north and box.west <= dot.longitude <= box.east


def _clustered(found: list[Dot], box: Box) -> list[Dot]:
    squares: dict[tuple[int, int], list[Dot]] = {}
    for one in found:
        key = (math.floor(one.latitude / box.step), math.floor(one.longitude / box.step))
        squares.setdefault(key, []).append(one)
    merged = []
    for group in squares.values():
        if len(group) == 1:
            merged.append(group[0])
            continue
        count = sum(one.count for one in group)
        latitude = sum(one.latitude * one.count for one in group) / count
        longitude = sum(one.longitude * one.count for one in group) / count
        merged.append(Dot(latitude, longitude, count, "", group[0].name))
    return sorted(merged, key=lambda one: -one.count)


def _padded(south: float, west: float, north: float, east: float) -> Box:
    pad = max((north - south) * 0.08, (east - west) * 0.08, 0.05)
    return Box(max(-90, south - pad), max(-180, west - pad), min(90, north + pad), min(180, east + pad))
