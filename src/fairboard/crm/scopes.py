"""What conditions and texts of automations may speak of: record, before, account, data, today."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fairboard.crm import formulas
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.values import shown
from fairboard.kit.problems import Invalid
from fairboard.rules import Environment, Program, RuleError, Variable

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
MERGED = re.compile(r"\{(record|before|account|data)\.([a-z0-9_]+)\}|\{(today)(?:([+-])(\d{1,4}))?\}")


@dataclass(frozen=True, slots=True)
class Scope:
    """The values an automation sees, by field key as JSON keeps them."""

    info: TypeInfo
    record: Mapping[str, Any]
    today: date
    before: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    changed: tuple[str, ...] = ()
    is_new: bool = False


def environment(info: TypeInfo) -> Environment:
    """The variables of conditions over a type, kept with its definition."""
    mark = catalogue().mark
    kept = info.cache.get("automation")
    if kept is None or kept[0] != mark:
        account = catalogue().types.get("account")
        own = [
            Variable(f"{name}.{one.key}", formulas.cel_type(one), one.label)
            for name in ("record", "before") for one in info.fields.values()
        ]  # fmt: skip
        other = [
            Variable(f"account.{one.key}", formulas.cel_type(one), one.label)
            for one in (account.fields.values() if account else ())
        ]
        fixed = [
            Variable("empty", "list", "The keys of the fields without a value"),
            Variable("changed", "list", "The keys of the fields that changed"),
            Variable("is_new", "bool", "Whether the record was just created"),
            Variable("owner", "string", "The id of the record's owner, empty without one"),
            Variable("today", "string", "The day, as 2026-12-31"),
            Variable("data", "map", "What came with a form or a segment"),
        ]
        kept = info.cache["automation"] = (mark, Environment([*own, *other, *fixed]), {})
    found: Environment = kept[1]
    return found


def program(info: TypeInfo, source: str, expect: str = "bool") -> Program:
    """A condition ready to run; raises Invalid saying where it is wrong."""
    known = environment(info)
    programs: dict[tuple[str, str], Program] = info.cache["automation"][2]
    key = (expect, source)
    if key not in programs:
        try:
            programs[key] = known.compile(source, expect)
        except RuleError as error:
            raise Invalid(str(error), field="expression") from error
    return programs[key]


def result_of(info: TypeInfo, key: str) -> str:
    """CEL's type for a value of a field."""
    return formulas.RESULTS.get(info.fields[key].type, "string") if key in info.fields else "string"


def holds(source: str, scope: Scope) -> bool:
    """Whether a condition is true; an empty one is. Raises RuleError when it fails for these values."""
    return not source or bool(program(scope.info, source).evaluate(bound(scope)))


def bound(scope: Scope) -> dict[str, Any]:
    """The values as expressions read them."""
    account = catalogue().types.get("account")
    return {
        "record": _plain(scope.info, scope.record), "before": _plain(scope.info, scope.before),
        "account": _plain(account, scope.account) if account else {},
        "empty": [key for key in scope.info.fields if key not in scope.record], "changed": list(scope.changed),
        "is_new": scope.is_new, "owner": scope.owner, "today": scope.today.isoformat(), "data": dict(scope.data),
    }  # fmt: skip


def _plain(info: TypeInfo, data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = formulas.bindings(info, data, is_new=False)["record"]
    return found


def merged(text: str, scope: Scope) -> str:
    """A text with ``{record.name}``, ``{account.city}`` and ``{today+3}`` filled in; unknown ones become empty."""
    return MERGED.sub(lambda found: _one(found, scope), text)


def _one(found: "re.Match[str]", scope: Scope) -> str:
    group, key, _today, sign, days = found.groups()
    if not group:
        return (scope.today + timedelta(days=int(f"{sign or '+'}{days or 0}"))).isoformat()
    if group == "data":
        return str(scope.data.get(key, ""))[:2_000]
    info = catalogue().types.get("account") if group == "account" else scope.info
    values = {"record": scope.record, "before": scope.before, "account": scope.account}[group]
    return shown(info.fields[key], values.get(key)) if info and key in info.fields else ""


def value_of(text: str, scope: Scope, target: TypeInfo, key: str) -> Any:
    """What a step writes: a CEL result for ``=...``, a field's own value for ``{record.x}`` alone, else the text."""
    if text.startswith("="):
        return program(scope.info, text[1:], result_of(target, key)).evaluate(bound(scope))
    alone = MERGED.fullmatch(text)
    if alone and alone.group(1) and alone.group(1) != "data":
        values = {"record": scope.record, "before": scope.before, "account": scope.account}[alone.group(1)]
        return values.get(alone.group(2))
    return merged(text, scope)
