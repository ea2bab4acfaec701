"""Maps: the records of a filter as dots over a plain grid of degrees, drawn on the server."""

import math
from typing import Any

from fairboard.crm.queries.positions import Box, Dot, dots
from fairboard.crm.views.listing import Listing

WIDTH = 1_000
STEPS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 45)
LISTED = 60


def context(found: Listing) -> dict[str, Any]:
    """The map's dots and lines in the units of its drawing, and a list of the same dots in words."""
    asked = _box(found.one("_box"))
    placed, box = dots(actor=found.actor, type_key=found.info.key, tree=found.tree, box=asked)
    squeeze = max(0.2, math.cos(math.radians((box.south + box.north) / 2)))
    wide = max((box.east - box.west) * squeeze, 0.01)
    tall = max(box.north - box.south, 0.01)
    scale = WIDTH / wide
    height = min(700, max(320, tall * scale))
    if tall * scale > height:  # a tall part of the earth stands in the middle of a wide map
        scale = height / tall
    left = (WIDTH - wide * scale) / 2
    top = (height - tall * scale) / 2

    def at(latitude: float, longitude: float) -> tuple[float, float]:
        x = left + (longitude - box.west) * squeeze * scale
        y = top + (box.north - latitude) * scale
        return round(x, 1), round(y, 1)

    shown = [_dot(found, one, box, at(one.latitude, one.longitude)) for one in reversed(placed)]
    return {
        "map": {
            "width": WIDTH, "height": round(height), "dots": shown, "lines": _lines(box, at, height),
            "listed": list(reversed(shown))[:LISTED], "more": max(0, len(shown) - LISTED),
            "whole_url": found.address(box="") if asked else "", "count": sum(one.count for one in placed),
        }
    }  # fmt: skip


def _box(text: str) -> Box | None:
    try:
        south, west, north, east = (float(one) for one in text.split(","))
    except ValueError:
        return None
    fits = -90 <= south < north <= 90 and -180 <= west < east <= 180
    return Box(south, west, north, east) if fits else None


def _dot(found: Listing, dot: Dot, box: Box, at: tuple[float, float]) -> dict[str, Any]:
    radius = 6 if dot.count == 1 else min(26, 9 + 2 * math.log2(dot.count))
    reach = max(box.step * 1.5, 0.02)
    near = (
        f"{max(-90, dot.latitude - reach):.4f},{max(-180, dot.longitude - reach):.4f},"
        f"{min(90, dot.latitude + reach):.4f},{min(180, dot.longitude + reach):.4f}"
    )
    return {
        "x": at[0], "y": at[1], "r": round(radius, 1), "count": dot.count, "id": dot.record_id, "name": dot.name,
        "href": "" if dot.record_id else found.address(box=near),
    }  # fmt: skip


def _lines(box: Box, at: Any, height: float) -> list[dict[str, Any]]:
    """The grid: whole steps of degrees, some six a side, each with its name."""
    lines = []
    step = _step(box.east - box.west)
    degrees = math.ceil(box.west / step) * step
    while degrees <= box.east:
        x = at(box.north, degrees)[0]
        lines.append({"x1": x, "y1": 0, "x2": x, "y2": round(height), "text": _named(degrees, "E", "W"), "tx": x + 4,
                      "ty": round(height) - 6})  # fmt: skip
        degrees += step
    step = _step(box.north - box.south)
    degrees = math.ceil(box.south / step) * step
    while degrees <= box.north:
        y = at(degrees, box.west)[1]
        lines.append({"x1": 0, "y1": y, "x2": WIDTH, "y2": y, "text": _named(degrees, "N", "S"), "tx": 6, "ty": y - 4})
        degrees += step
    return lines[:60]


def _step(span: float) -> float:
    return next((one for one in STEPS if span / one <= 7), STEPS[-1])


def _named(degrees: float, plus: str, minus: str) -> str:
    text = f"{abs(degrees):.2f}".rstrip("0").rstrip(".")
    return f"{text}° {plus if degrees > 0 else minus if degrees < 0 else ''}".strip()
