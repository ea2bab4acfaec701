"""The editor's form: blocks as inputs named by their place, and what a button does with them. Pure.

``b.0.text`` is the text of the first block, ``b.2.1.0.text`` that of the first block in the second column of the third.
"""

import re
from collections.abc import Mapping
from typing import Any

from fairboard.marketing.blocks import TEXTS, TYPES

_NAME = re.compile(r"b\.(\d{1,3}(?:\.\d\.\d{1,3})?)\.([a-z]{1,10})")
Blocks = list[dict[str, Any]]


def read(posted: Mapping[str, str]) -> Blocks:
    """The blocks of a posted form, in their order; values as they were typed."""
    flat: dict[tuple[int, ...], dict[str, Any]] = {}
    for name, value in posted.items():
        if match := _NAME.fullmatch(name):
            place = tuple(int(one) for one in match.group(1).split("."))
            flat.setdefault(place, {})[match.group(2)] = value
    blocks: Blocks = []
    places: dict[int, int] = {}
    for place in sorted(one for one in flat if len(one) == 1):
        block = flat[place]
        if block.get("type") == "columns":
            wide = 3 if str(block.pop("wide", "2")) == "3" else 2
            block["columns"] = [[] for _column in range(wide)]
        places[place[0]] = len(blocks)
        blocks.append(block)
    for place in sorted(one for one in flat if len(one) == 3):
        holder = blocks[places[place[0]]] if place[0] in places else {}
        columns = holder.get("columns", [])
        if place[1] < len(columns):
            columns[place[1]].append(flat[place])
    return blocks


def new(kind: str) -> dict[str, Any]:
    """An empty block of a type."""
    made: dict[str, Any] = {"type": kind, "align": "left", **{key: "" for key, _longest in TEXTS[kind]}}
    if kind == "columns":
        made["columns"] = [[], []]
    return made


def act(blocks: Blocks, button: str) -> Blocks:
    """The blocks after a button: ``add:text``, ``add:text@2.1``, ``up:3``, ``down:2.0.1``, ``remove:4``."""
    verb, _colon, rest = button.partition(":")
    what, _at, where = rest.partition("@")
    if verb == "add" and what in TYPES:
        target = _list(blocks, where) if where else blocks
        if target is not None and not (where and what == "columns"):
            target.append(new(what))
        return blocks
    place = [int(one) for one in rest.split(".") if one.isdigit()]
    target = _list(blocks, ".".join(str(one) for one in place[:-1])) if len(place) == 3 else blocks
    if len(place) not in {1, 3} or target is None or place[-1] >= len(target):
        return blocks
    number = place[-1]
    if verb == "remove":
        del target[number]
    elif verb in {"up", "down"}:
        other = number - 1 if verb == "up" else number + 1
        if 0 <= other < len(target):
            target[number], target[other] = target[other], target[number]
    return blocks


def _list(blocks: Blocks, place: str) -> Blocks | None:
    parts = [int(one) for one in place.split(".") if one.isdigit()]
    if len(parts) != 2 or parts[0] >= len(blocks):
        return None
    columns = blocks[parts[0]].get("columns", [])
    found: Blocks | None = columns[parts[1]] if parts[1] < len(columns) else None
    return found
