"""The list bar: one control for each thing a list can be filtered by, whatever the list."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest

from fairboard.fields import FieldSpec
from fairboard.filters import Column, QueryResult, Schema

Control = dict[str, object]


def controls(
    schema: Schema, asked: QueryResult, *, units: Mapping[str, str] | None = None, hidden: Sequence[str] = ()
) -> list[Control]:
    """The controls of a list, each with what was typed and what is wrong with it.

    ``units`` overrides the unit of a field; ``hidden`` names fields that have no control.
    """
    found = []
    for key, column in schema.columns.items():
        control = _control(key, column, asked.typed, (units or {}).get(key)) if key not in hidden else None
        if control is not None:
            names = (key, f"{key}.gte", f"{key}.lte", f"{key}.contains")
            control["error"] = next((asked.errors[name] for name in names if name in asked.errors), "")
            found.append(control)
    return found


def _control(key: str, column: Column, typed: Mapping[str, Sequence[str]], unit: str | None) -> Control | None:
    spec: FieldSpec = column.spec
    shared: Control = {"key": key, "label": column.label or spec.label}
    if spec.type in {"number", "money", "date"}:
        low, high = ((typed.get(f"{key}.{bound}") or [""])[0] for bound in ("gte", "lte"))
        kind = "dates" if spec.type == "date" else "range"
        return {**shared, "kind": kind, "unit": spec.unit if unit is None else unit, "low": low, "high": high}
    if spec.type in {"choice", "multichoice"}:
        chosen = set(typed.get(key) or ())
        choices = [{"key": one.key, "label": one.label, "checked": one.key in chosen} for one in spec.choices]
        return {**shared, "kind": "choices", "choices": choices}
    if spec.type == "yesno":
        return {**shared, "kind": "yesno", "value": (typed.get(key) or [""])[0]}
    if spec.type in {"text", "email"}:
        name = key if column.exact else f"{key}.contains"
        return {**shared, "kind": "text", "name": name, "value": (typed.get(name) or [""])[0]}
    return None


def context(
    request: HttpRequest, schema: Schema, asked: QueryResult, cursor: str, *, tabs: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What a page gives its list bar and pager: the controls, whether one is used, the address of the next page.

    ``tabs`` are the fields the page's tabs choose, with what is chosen: they have no control and are kept.
    """
    chosen = tabs or {}
    return {
        "filters": controls(schema, asked, hidden=tuple(chosen)),
        "asked": any(name.partition(".")[0] not in chosen for name in asked.typed),
        "next_url": _next_address(request, chosen, cursor),
    }


def _next_address(request: HttpRequest, chosen: Mapping[str, str], cursor: str) -> str:
    if not cursor:
        return ""
    own = {*chosen, "cursor"}
    kept = [(name, one) for name, values in request.GET.lists() for one in values if one and name not in own]
    return f"?{urlencode([*((name, one) for name, one in chosen.items() if one), *kept, ('cursor', cursor)])}"
