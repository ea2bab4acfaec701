"""Values of filters that mean another thing to each reader and on each day: ``me``, ``today``, ``today+7``."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fairboard.filters import Schema

ME = "me"
_DAY = re.compile(r"today\s*(?:([+-])\s*(\d{1,4}))?\Z", re.IGNORECASE)
MOST_DEPTH = 12


def resolved(tree: Any, schema: Schema, *, member_id: str, today: date, depth: int = 0) -> Any:
    """A filter's JSON with what it says relatively filled in; anything else is left for the check that follows."""
    if not isinstance(tree, Mapping) or depth > MOST_DEPTH:
        return tree
    for name in ("and", "or"):
        if isinstance(tree.get(name), list):
            inner = [
                resolved(one, schema, member_id=member_id, today=today, depth=depth + 1) for one in tree[name]
            ]  # fmt: skip
            return {**tree, name: inner}
    if "not" in tree:
        return {**tree, "not": resolved(tree["not"], schema, member_id=member_id, today=today, depth=depth + 1)}
    column = schema.columns.get(str(tree.get("field", "")))
    if column is None:
        return tree
    value = tree.get("value")
    if tree["field"] == "owner":
        return {**tree, "value": _each(value, lambda one: member_id if one == ME else one)}
    if column.spec.type in {"date", "datetime"}:
        return {**tree, "value": _each(value, lambda one: day_of(one, today))}
    return tree


def day_of(text: Any, today: date) -> Any:
    """The ISO date of ``today``, ``today+7`` or ``today-30``; anything else as it is."""
    found = _DAY.match(text.strip()) if isinstance(text, str) else None
    if found is None:
        return text
    days = int(found[2] or 0)
    try:
        return (today + timedelta(days=-days if found[1] == "-" else days)).isoformat()
    except OverflowError:
        return text


def _each(value: Any, change: Any) -> Any:
    return [change(one) for one in value] if isinstance(value, list | tuple) else change(value)
