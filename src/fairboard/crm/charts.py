"""Charts of reports as Vega-Lite specifications: one for wide places, one for phones and cards.

Colours are CSS variables, so that one drawing serves light and dark; paper gets the light ones.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

COLOURS = 8
PAPER = {
    "--chart-1": "#0a6a52", "--chart-2": "#c98a1b", "--chart-3": "#3b6fb6", "--chart-4": "#a34a63",
    "--chart-5": "#6f8f3a", "--chart-6": "#7a5ea8", "--chart-7": "#2f8f9d", "--chart-8": "#8a8375",
    "--text": "#1b1a17", "--soft": "#575248", "--line": "#e0dacd", "--surface": "#ffffff",
}  # fmt: skip
"""The colours of the light scheme, for paper."""
WIDE, NARROW = 520, 300
MOST_SLICES, MOST_BARS = 7, 40
VERSION = 1
"""Changes with the drawings, so that kept ones are drawn again."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a chart: its place, its series, how much, and the figure as people write it."""

    x: str
    series: str
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows: its kind, points, whether places are days in their order, and the figure's unit."""

    kind: str
    points: Sequence[Point]
    is_time: bool
    label: str


def specs(drawing: Drawing) -> dict[str, Any]:
    """The wide and the narrow specification."""
    return {"wide": _spec(drawing, WIDE), "narrow": _spec(drawing, NARROW)}


def key_of(made: Mapping[str, Any]) -> str:
    """The hash of what a chart shows: the same chart is drawn once."""
    return sha256(f"{VERSION}{json.dumps(made, sort_keys=True)}".encode()).hexdigest()


def on_paper(svg: str) -> str:
    """A drawing with the colours of the light scheme written out."""
    for name, colour in PAPER.items():
        svg = svg.replace(f"var({name})", colour)
    return svg


def _spec(drawing: Drawing, width: int) -> dict[str, Any]:
    names = list(dict.fromkeys(one.series for one in drawing.points))
    values = [{"x": one.x, "s": one.series, "y": one.y, "t": one.text} for one in drawing.points]
    places = list(dict.fromkeys(one.x for one in drawing.points))
    makers = {"pie": _ring, "funnel": _funnel, "line": _line, "area": _line}
    body = makers.get(drawing.kind, _bars)(drawing, width, places, names, values)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "background": None, "config": _config(width),
            "padding": 4, "autosize": {"type": "fit", "contains": "padding"}, "width": width} | body  # fmt: skip


def _config(width: int) -> dict[str, Any]:
    size = 12 if width > NARROW else 11
    axis = {
        "labelColor": "var(--soft)", "labelFontSize": size, "titleColor": "var(--soft)", "gridColor": "var(--line)",
        "domainColor": "var(--line)", "tickColor": "var(--line)", "title": None, "labelPadding": 6, "domain": False,
        "ticks": False, "labelLimit": 150 if width > NARROW else 104,
    }  # fmt: skip
    legend = {
        "labelColor": "var(--text)", "labelFontSize": size, "title": None, "orient": "bottom", "symbolType": "circle",
        "columns": 4 if width > NARROW else 2, "labelLimit": 140, "symbolStrokeWidth": 0, "rowPadding": 4,
    }  # fmt: skip
    return {
        "font": "Inter", "view": {"stroke": None}, "axis": axis, "legend": legend,
        "range": {"category": [f"var(--chart-{at + 1})" for at in range(COLOURS)]},
        "text": {"color": "var(--text)", "fontSize": size},
    }  # fmt: skip


def _colour(names: Sequence[str]) -> dict[str, Any]:
    if len(names) < 2:
        return {"value": "var(--chart-1)"}
    return {"field": "s", "type": "nominal", "sort": None, "scale": {"domain": list(names)}}


def _bars(
    drawing: Drawing, width: int, places: Sequence[str], names: Sequence[str], values: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Standing bars for times, lying ones for names; series stacked or side by side."""
    stacked = drawing.kind == "stacked" and len(names) > 1
    beside = len(names) > 1 and not stacked
    place: dict[str, Any] = {"field": "x", "type": "nominal", "sort": None}
    figure: dict[str, Any] = {"field": "y", "type": "quantitative", "axis": {"format": "~s", "tickCount": 5},
                              "stack": "zero" if stacked else None}  # fmt: skip
    mark = {"type": "bar", "cornerRadiusEnd": 0 if stacked else 3}
    if drawing.is_time:
        encoding = {"x": place | {"axis": {"labelAngle": 0 if len(places) * 62 < width else -40}}, "y": figure}
        side, height = "xOffset", 260 if width > NARROW else 210
    else:
        figure["axis"] |= {"grid": stacked or beside, "labels": stacked or beside}
        encoding = {"y": place, "x": figure}
        side, height = "yOffset", max(90, len(places) * (max(26, 16 * len(names)) if beside else 28)) + 40
    encoding["color"] = _colour(names)
    if beside:
        encoding[side] = {"field": "s", "sort": None}
    layers: list[dict[str, Any]] = [{"mark": mark, "encoding": encoding}]
    if len(names) < 2 and (not drawing.is_time or len(places) * 52 < width):
        text = {"type": "text", "align": "center", "dy": -8} if drawing.is_time else {
            "type": "text", "align": "left", "dx": 5}  # fmt: skip
        layers.append(
            {"mark": text, "encoding": {**encoding, "text": {"field": "t"}, "color": {"value": "var(--text)"}}}
        )
    return {"data": {"values": values}, "height": height, "layer": layers}


def _line(
    drawing: Drawing, width: int, places: Sequence[str], names: Sequence[str], values: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    is_area = drawing.kind == "area"
    mark: dict[str, Any] = {"type": "area", "line": True, "opacity": 0.55} if is_area else {
        "type": "line", "strokeWidth": 2.5, "point": {"size": 44, "filled": True}}  # fmt: skip
    if is_area and len(names) < 2:
        mark |= {"color": "var(--chart-1)", "line": {"color": "var(--chart-1)"}}
    encoding = {
        "x": {"field": "x", "type": "ordinal", "sort": None,
              "axis": {"labelAngle": 0 if len(places) * 62 < width else -40}},
        "y": {"field": "y", "type": "quantitative", "axis": {"format": "~s", "tickCount": 5},
              "stack": "zero" if is_area else None},
        "color": _colour(names),
    }  # fmt: skip
    return {"data": {"values": values}, "height": 260 if width > NARROW else 210,
            "layer": [{"mark": mark, "encoding": encoding}]}  # fmt: skip


def _ring(
    drawing: Drawing, width: int, places: Sequence[str], names: Sequence[str], values: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    size = 270 if width > NARROW else 220
    encoding = {
        "theta": {"field": "y", "type": "quantitative", "stack": True},
        "color": {"field": "x", "type": "nominal", "sort": None, "scale": {"domain": list(places)},
                  "legend": {"orient": "right" if width > NARROW else "bottom", "columns": 1 if width > NARROW else 2}},
    }  # fmt: skip
    ring = {"type": "arc", "innerRadius": size * 0.27, "outerRadius": size * 0.43, "stroke": "var(--surface)",
            "strokeWidth": 2}  # fmt: skip
    return {"data": {"values": values}, "height": size + (0 if width > NARROW else 70),
            "layer": [{"mark": ring, "encoding": encoding}]}  # fmt: skip


def _funnel(
    drawing: Drawing, width: int, places: Sequence[str], names: Sequence[str], values: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Centred bars, each as wide as its figure."""
    halves = [{**one, "a": -one["y"] / 2, "b": one["y"] / 2} for one in values]
    place = {"field": "x", "type": "nominal", "sort": None}
    bar = {
        "y": place, "x": {"field": "a", "type": "quantitative", "axis": None}, "x2": {"field": "b"},
        "color": {"value": "var(--chart-1)"},
    }  # fmt: skip
    return {
        "data": {"values": halves}, "height": max(100, 44 * len(places)),
        "layer": [
            {"mark": {"type": "bar", "cornerRadius": 4, "opacity": 0.28}, "encoding": bar},
            {"mark": {"type": "text", "fontWeight": 650},
             "encoding": {"y": place, "x": {"datum": 0, "type": "quantitative"}, "text": {"field": "t"}}},
        ],
    }  # fmt: skip
