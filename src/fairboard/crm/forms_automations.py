"""The editor of automations without a script: what its one form says about trigger, condition and steps."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from django.http import QueryDict

from fairboard.crm import automation_plans as plans

TRIGGER_PARTS = ("kind", "type", "field", "from", "to", "event", "every", "weekday", "day", "at", "cron", "days", "of")
STEP_PARTS = ("on", "type", "field", "by", "team", "subject", "days", "owner", "text", "to", "template",
              "topic", "basis", "webhook",
              "amount", "unit", "until", "condition", "priority", "description")  # fmt: skip
MOST_VALUES = 20


def trigger_of(given: QueryDict) -> dict[str, Any]:
    """The trigger a form says."""
    found: dict[str, Any] = {
        name: given[f"trigger.{name}"] for name in TRIGGER_PARTS if given.get(f"trigger.{name}") not in (None, "")
    }
    return found | {"imports": "trigger.imports" in given}


def steps_of(given: QueryDict, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps of a draft with what a form says of each."""
    steps: list[dict[str, Any]] = deepcopy(list(map(dict, kept)))
    for step in plans.walk(steps):
        mark = f"{step['key']}."
        for name in STEP_PARTS:
            if f"{mark}{name}" in given:
                step[name] = given[f"{mark}{name}"]
        if step["do"] in {"update", "create"} and f"{mark}v0.field" in given:
            rows = [
                (given.get(f"{mark}v{n}.field", ""), given.get(f"{mark}v{n}.value", "")) for n in range(MOST_VALUES)
            ]
            step["values"] = {field: value for field, value in rows if field}
    return steps


def changed(steps: list[dict[str, Any]], op: str, act: str) -> list[dict[str, Any]]:
    """The steps after a button: ``add:<where>``, ``up:<key>``, ``down:<key>``, ``remove:<key>``.

    ``where`` is empty, or a branch's key with ``.then`` or ``.else``.
    """
    verb, _colon, aim = op.partition(":")
    if verb == "add" and act in plans.ACTS:
        fresh: dict[str, Any] = {"key": "", "do": act}
        if act == "wait":
            fresh |= {"amount": 1, "unit": "days"}
        key, _dot, side = aim.partition(".")
        if not key:
            steps.append(fresh)
        for step in plans.walk(steps):
            if key and step["key"] == key and side in {"then", "else"} and step["do"] == "branch":
                step[side] = [*step.get(side, []), fresh]
                break
        return steps
    for siblings in _lists(steps):
        place = next((at for at, one in enumerate(siblings) if one["key"] == aim), -1)
        if place < 0:
            continue
        if verb == "remove":
            siblings.pop(place)
        elif verb == "up" and place > 0:
            siblings[place - 1], siblings[place] = siblings[place], siblings[place - 1]
        elif verb == "down" and place + 1 < len(siblings):
            siblings[place + 1], siblings[place] = siblings[place], siblings[place + 1]
        break
    return steps


def _lists(steps: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found = [steps]
    for step in steps:
        if step["do"] == "branch":
            found += _lists(step.setdefault("then", [])) + _lists(step.setdefault("else", []))
    return found


def flat(steps: Sequence[Mapping[str, Any]], where: str = "", depth: int = 0) -> list[dict[str, Any]]:
    """The steps as rows of a page: steps, the sides of branches, and where one can be added."""
    rows: list[dict[str, Any]] = []
    for place, step in enumerate(steps):
        values = list(step.get("values", {}).items())
        rows.append(
            {
                "row": "step", "depth": depth, "step": step, "values": [*values, ("", "")], "is_first": place == 0,
                "is_last": place + 1 == len(steps),
            }
        )  # fmt: skip
        if step["do"] == "branch":
            for side in ("then", "else"):
                rows.append({"row": "side", "depth": depth + 1, "side": side})
                rows += flat(step.get(side, []), f"{step['key']}.{side}", depth + 1)
    return [*rows, {"row": "add", "depth": depth, "where": where}]
