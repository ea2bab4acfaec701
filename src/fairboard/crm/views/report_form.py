"""The report editor's form: a definition as controls, and what was typed as a definition again.

Fields: ``r0 r0.by`` … groups of rows, ``c c.by`` the columns, ``m0.key m0.function m0.field m0.only m0.expression
m0.label m0.format`` … the figures, ``p p.span p.compare`` the period, ``sort limit chart chart.measure``; the filter's
own are those of `views.filtering`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.queries import report_groups, report_ready
from fairboard.crm.queries.periods import SPANS
from fairboard.crm.queries.report_definition import CHARTS, FUNCTIONS, MOST_MEASURES, MOST_ROWS, summable
from fairboard.filters import Schema
from fairboard.kit.problems import Invalid

MOST_OPTIONS = 150


def typed(given: QueryDict, tree: Any) -> dict[str, Any]:
    """The definition a form sent, with the filter that was read from it; raises Invalid for a figure's own filter."""
    found: dict[str, Any] = {
        "kind": given.get("kind", ""), "filter": tree, "rows": [], "measures": [], "sort": given.get("sort", ""),
        "limit": given.get("limit", ""), "pipeline": given.get("pipeline", ""), "by": given.get("by", ""),
        "period": {
            "field": given.get("p", ""), "span": given.get("p.span", ""), "compare": given.get("p.compare") == "yes",
        },
        "chart": {"kind": given.get("chart", ""), "measure": given.get("chart.measure", "")},
    }  # fmt: skip
    for at in range(MOST_ROWS):
        if given.get(f"r{at}"):
            found["rows"].append(_group(given, f"r{at}"))
    if given.get("c"):
        found["column"] = _group(given, "c")
    for at in range(MOST_MEASURES):
        if one := _measure(given, f"m{at}", at):
            found["measures"].append(one)
    if not found["period"]["field"] or not found["period"]["span"]:
        del found["period"]
    return {key: value for key, value in found.items() if value}


def _group(given: QueryDict, name: str) -> dict[str, str]:
    return {"field": given.get(name, ""), "by": given.get(f"{name}.by", "")}


def _measure(given: QueryDict, name: str, at: int) -> dict[str, Any] | None:
    function = given.get(f"{name}.function", "")
    if not function:
        return None
    found: dict[str, Any] = {"key": given.get(f"{name}.key", "").strip() or f"m{at + 1}"}
    if label := given.get(f"{name}.label", "").strip():
        found["label"] = label
    if function == "formula":
        found["expression"] = given.get(f"{name}.expression", "").strip() or "0.0"
        if given.get(f"{name}.format") == "percent":
            found["format"] = "percent"
        return found
    found["function"] = function
    if function != "count":
        found["field"] = given.get(f"{name}.field", "")
    if only := given.get(f"{name}.only", ""):
        try:
            found["filter"] = json.loads(only[:4_000])
        except (ValueError, RecursionError):
            raise Invalid(_("Choose which records this figure counts."), field=f"measures.{at}") from None
    return found


def fitting(definition: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """A definition whose steps fit its fields: a group that was given another field gets that field's usual step."""
    for group in [*definition.get("rows", []), definition.get("column")]:
        if not group:
            continue
        column = schema.columns.get(group.get("field", ""))
        kind = column.spec.type if column else ""
        step = group.get("by") or ""
        if kind in report_groups.DATES:
            group["by"] = step if step in report_groups.STEPS else "month"
        elif kind in report_groups.NUMBERS:
            group["by"] = step if step.isdecimal() else "100"
        else:
            group.pop("by", None)
    return definition


def controls(definition: Mapping[str, Any], schema: Schema, info: TypeInfo) -> dict[str, Any]:
    """The controls of a definition for the template, with one more figure to fill in."""
    fields = _options({key: one.label or one.spec.label for key, one in report_groups.groupable(schema, info).items()})
    numbers = _options({key: one.label or one.spec.label for key, one in summable(schema).items()})
    dates = {key: one.label or one.spec.label for key, one in schema.columns.items()
             if one.spec.type in report_groups.DATES and not key.endswith("_at")}  # fmt: skip
    rows = list(definition.get("rows") or [])
    period = definition.get("period") or {}
    chart = definition.get("chart") or {}
    measures = [dict(one) for one in definition.get("measures") or [{"key": "count", "function": "count"}]]
    names = [(str(one.get("key")), str(one.get("label") or one.get("key"))) for one in measures]
    if len(measures) < MOST_MEASURES:
        measures.append({"key": f"m{len(measures) + 1}"})
    sorts = [("", str(_("Order of the groups")))]
    sorts += [(f"-{key}", str(_("%(what)s, most first")) % {"what": label}) for key, label in names]
    sorts += [(key, str(_("%(what)s, least first")) % {"what": label}) for key, label in names]
    only = _only(schema, info)
    return {
        "kinds": _chosen(_kinds(info), definition.get("kind") or ""),
        "rows": [_drawn_group(rows[at] if at < len(rows) else {}, f"r{at}", fields) for at in range(MOST_ROWS)],
        "column": _drawn_group(definition.get("column") or {}, "c", fields),
        "measures": [_drawn_measure(one, at, numbers, only) for at, one in enumerate(measures)],
        "period": {
            "fields": _chosen(dates, period.get("field") or ""), "compare": bool(period.get("compare")),
            "spans": _chosen(SPANS, period.get("span") or ""),
        },
        "sorts": _chosen(dict(sorts), definition.get("sort") or ""), "limit": definition.get("limit") or "",
        "charts": _chosen(CHARTS, chart.get("kind") or ""),
        "shown": _chosen(dict(names), chart.get("measure") or ""),
        "pipelines": _chosen({one.key: one.label for one in info.pipelines}, definition.get("pipeline") or ""),
        "cohorts": _chosen(report_ready.COHORTS, definition.get("by") or ""),
        "kind": definition.get("kind") or "",
    }  # fmt: skip


def _kinds(info: TypeInfo) -> dict[str, Any]:
    left = {"funnel": bool(info.pipelines), "cohort": info.key == "account", "activity": info.key == "call"}
    return {key: label for key, label in report_ready.KINDS.items() if left.get(key, True)}


def _options(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "label": label[:1].upper() + label[1:]} for key, label in given.items()][:MOST_OPTIONS]


def _chosen(given: Mapping[str, Any], chosen: str) -> list[dict[str, Any]]:
    return [
        {"key": key, "label": str(label)[:1].upper() + str(label)[1:], "chosen": key == chosen}
        for key, label in given.items()
    ]  # fmt: skip


def _drawn_group(group: Mapping[str, Any], name: str, fields: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    by = str(group.get("by") or "")
    return {
        "name": name, "fields": [{**one, "chosen": one["key"] == group.get("field")} for one in fields],
        "steps": _chosen(report_groups.STEPS, by),
        "buckets": [{"key": str(one), "label": f"{one:,}", "chosen": str(one) == by} for one in report_groups.BUCKETS],
        "by": by,
    }  # fmt: skip


def _drawn_measure(
    one: Mapping[str, Any], at: int, numbers: Sequence[Mapping[str, str]], only: Mapping[str, str]
) -> dict[str, Any]:
    function = "formula" if one.get("expression") else str(one.get("function") or "")
    functions = {"": str(_("None")), **{key: str(label) for key, label in FUNCTIONS.items()}, "formula": _("Formula")}
    kept = _text(one["filter"]) if one.get("filter") else ""
    choices = dict(only)
    if kept and kept not in choices:
        choices = {kept: str(_("A filter of its own")), **choices}
    return {
        "name": f"m{at}", "number": at + 1, "key": one.get("key", ""), "label": one.get("label", ""),
        "functions": _chosen(functions, function), "function": function,
        "fields": [{**field, "chosen": field["key"] == one.get("field")} for field in numbers],
        "only": _chosen(choices, kept), "expression": one.get("expression", ""),
        "is_percent": one.get("format") == "percent",
    }  # fmt: skip


def _text(tree: Any) -> str:
    return json.dumps(tree, separators=(",", ":"), sort_keys=True)


def _only(schema: Schema, info: TypeInfo) -> dict[str, str]:
    """Simple conditions a figure can be narrowed by: each choice of a field, and yes or no."""
    found: dict[str, str] = {}
    for key, column in schema.columns.items():
        if key not in info.fields:
            continue
        if column.spec.type == "choice":
            pairs: list[tuple[Any, str]] = [(one.key, one.label) for one in column.spec.choices]
        elif column.spec.type == "yesno":
            pairs = [(True, str(_("Yes"))), (False, str(_("No")))]
        else:
            continue
        for value, label in pairs:
            tree = {"and": [{"field": key, "op": "eq", "value": value}]}
            found[_text(tree)] = f"{column.label}: {label}"
    return dict(list(found.items())[:MOST_OPTIONS])
