"""A journey as a picture: boxes and lines with their places, for a template to write as SVG. Pure geometry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT, GAP_X, GAP_Y, JOIN = 196, 58, 28, 34, 26
Named = Callable[[Mapping[str, Any]], tuple[str, str]]
"""Title and second line of a step."""


@dataclass(frozen=True, slots=True)
class Box:
    """A step: its place (top left), kind, words, and how many people wait at it."""

    key: str
    kind: str
    x: float
    y: float
    title: str
    text: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Line:
    """A way from one step to the next, as a path; ``label`` (yes or no) stands at a place."""

    path: str
    label: str = ""
    x: float = 0
    y: float = 0


@dataclass
class Drawing:
    """All of it, in units of a pixel."""

    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def drawn(steps: Sequence[Mapping[str, Any]], named: Named, waiting: Mapping[str, int]) -> Drawing:
    """The picture of a journey's steps from its entry down."""
    made = Drawing()
    width = max(_width(steps), WIDTH)
    middle = width / 2 + 8
    title, text = named({"kind": "entry", "key": ""})
    made.boxes.append(Box("", "entry", middle - WIDTH / 2, 8, cut(title, 20), cut(text, 23), 0))
    bottom = _column(made, steps, middle, 8 + HEIGHT, named, waiting)
    made.width, made.height = width + 16, bottom + 12
    return made


def _width(steps: Sequence[Mapping[str, Any]]) -> float:
    found: float = WIDTH
    for step in steps:
        if step["kind"] == "branch":
            found = max(found, _width(step.get("yes") or []) + GAP_X + _width(step.get("no") or []))
    return found


def _column(
    made: Drawing, steps: Sequence[Mapping[str, Any]], middle: float, bottom: float, named: Named,
    waiting: Mapping[str, int],
) -> float:  # fmt: skip
    """Draw a list of steps below a point; returns where it ends."""
    for step in steps:
        top = bottom + GAP_Y
        made.lines.append(Line(f"M{middle:g} {bottom:g}V{top:g}"))
        title, text = named(step)
        key = str(step["key"])
        made.boxes.append(
            Box(key, str(step["kind"]), middle - WIDTH / 2, top, cut(title, 20), cut(text, 23), waiting.get(key, 0))
        )
        bottom = top + HEIGHT
        if step["kind"] == "branch":
            bottom = _fork(made, step, middle, bottom, named, waiting)
    return bottom


def _fork(
    made: Drawing, step: Mapping[str, Any], middle: float, bottom: float, named: Named, waiting: Mapping[str, int]
) -> float:  # fmt: skip
    ways = [step.get("yes") or [], step.get("no") or []]
    widths = [_width(one) for one in ways]
    left = middle - (sum(widths) + GAP_X) / 2
    middles = [left + widths[0] / 2, left + widths[0] + GAP_X + widths[1] / 2]
    top = bottom + JOIN
    ends = []
    for label, way, x in zip(("yes", "no"), ways, middles, strict=True):
        made.lines.append(
            Line(f"M{middle:g} {bottom:g}V{bottom + JOIN / 2:g}H{x:g}V{top:g}", label, x, bottom + JOIN / 2 - 4)
        )
        ends.append(_column(made, way, x, top, named, waiting))
    lowest = max(ends) + JOIN / 2
    for way, x, end in zip(ways, middles, ends, strict=True):
        if not way or way[-1]["kind"] not in {"goal", "end"}:
            made.lines.append(Line(f"M{x:g} {end:g}V{lowest:g}H{middle:g}"))
    return lowest


def cut(text: str, most: int) -> str:
    """A text that fits."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
