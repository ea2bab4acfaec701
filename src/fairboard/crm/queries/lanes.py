"""Records in groups: how many and how much a group, and the first of each, for boards and grouped tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fairboard.crm import sql
from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.queries.access import SeatInfo, visible_fields
from fairboard.crm.queries.records import SYSTEM_ORDERS, RecordRow, condition_of, counted, readable, records
from fairboard.crm.queries.views import groupable
from fairboard.filters import And, Condition, Node
from fairboard.kit.actors import Actor
from fairboard.kit.lists import dialect
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

MOST_GROUPS = 60
MOST_SUMMED = 100_000
"""Groups of more records than this are counted up to 10,000 each and not summed, so that a board opens at once."""


@dataclass(frozen=True, slots=True)
class Group:
    """How many records have a value, and the sum of a field over them. ``key`` is None for an empty value."""

    key: Any
    count: int
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A group with its first records. ``count`` of -1 and ``total`` of None were too many to work out."""

    key: str
    label: str
    count: int
    total: float | None
    rows: Sequence[RecordRow]
    next_cursor: str
    outcome: str = ""
    is_capped: bool = False


def counted_by(
    *, actor: Actor, type_key: str, field: str, tree: Node | None = None, total_of: str = "", most: int = 200
) -> list[Group]:
    """How many records of a filter there are by the value of a field or system column, the most first."""
    seat, info = readable(actor, type_key)
    expression = _expression(seat, info, field)
    total = f", SUM({_expression(seat, info, total_of)})" if total_of else ""
    condition, params = condition_of(seat, info, tree)
    text = (
        f"SELECT {expression}, COUNT(*){total} FROM crm_record WHERE {condition}"
        f" GROUP BY 1 ORDER BY 2 DESC LIMIT {most:d}"
    )
    is_yesno = field in info.fields and info.fields[field].type == "yesno"  # which SQLite gives as 1 and 0
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        rows = [
            (bool(row[0]) if is_yesno and row[0] is not None else _key(row[0]), *row[1:]) for row in cursor.fetchall()
        ]
    return [Group(key, count, float(sums[0]) if sums and sums[0] is not None else None) for key, count, *sums in rows]


def _expression(seat: SeatInfo, info: TypeInfo, key: str) -> str:
    if key == "record_type":
        return "crm_record.record_type"
    if key in SYSTEM_ORDERS:
        return SYSTEM_ORDERS[key]
    if key not in visible_fields(seat, info) or info.fields[key].is_many or info.fields[key].type == "multichoice":
        raise Invalid(_("There are no groups by %(key)s here.") % {"key": key}, field="group")
    return sql.expressions(info.fields[key])[dialect()]


def _key(found: Any) -> Any:
    return None if found == "" else found


def lanes(
    *, actor: Actor, type_key: str, field: str, tree: Node | None, sort: str, size: int = 30, total_of: str = "",
    pipeline: str = "",
) -> list[Lane]:  # fmt: skip
    """The groups of a filter with the first ``size`` records of each; raises Invalid for a field without groups."""
    seat, info = readable(actor, type_key)
    if field not in groupable(seat, info):
        raise Invalid(_("There are no groups by %(key)s here.") % {"key": field}, field="group")
    if pipeline:
        tree = _both(tree, Condition("pipeline", "eq", pipeline))
    few = counted(actor=actor, type_key=type_key, tree=tree, most=MOST_SUMMED + 1) <= MOST_SUMMED
    groups: Mapping[Any, Group] = {}
    if few:
        found = counted_by(actor=actor, type_key=type_key, field=field, tree=tree, total_of=total_of)
        groups = {_text(one.key): one for one in found}
    result = []
    for key, label, outcome in _keys(info, field, list(groups), pipeline):
        if few and key not in groups:
            if key:
                result.append(Lane(key, label, 0, 0.0 if total_of else None, (), "", outcome))
            continue
        inner = _both(tree, condition_for(info, field, key))
        page = records(actor=actor, type_key=type_key, tree=inner, sort=sort, size=size)
        if few:
            count, total = groups[key].count, groups[key].total
        else:
            count, total = counted(actor=actor, type_key=type_key, tree=inner), None
        if count or key:
            capped = not few and count >= 10_000
            result.append(Lane(key, label, count, total, page.items, page.next_cursor, outcome, capped))
    return result


def _both(tree: Node | None, other: Node) -> Node:
    return other if tree is None else And((tree, other))


def condition_for(info: TypeInfo, field: str, key: str) -> Node:
    """The condition of a group's records."""
    one = info.fields.get(field)
    if not key:
        return Condition(field, "is_empty", True)
    if one is not None and one.type == "yesno":
        return Condition(field, "eq", key == "yes")
    return Condition(field, "eq", key)


def _text(key: Any) -> str:
    if key is None:
        return ""
    if isinstance(key, bool):
        return "yes" if key else "no"
    return str(key)


def _keys(info: TypeInfo, field: str, found: list[str], pipeline: str) -> list[tuple[str, str, str]]:
    """Key, label and outcome of each group in its order; an empty value comes first."""
    empty = ("", str(_("None")), "")
    one = info.fields.get(field)
    way = info.pipeline(pipeline) if pipeline and field == "stage" else None
    if way is not None:
        return [empty, *((stage.key, stage.label, stage.outcome) for stage in way.stages)]
    if field == "owner":
        names = people.names_of({key for key in found if key}) if found else people.colleagues("crm.use")
        owners = [(key, names.get(key, key), "") for key in (found or names) if key]
        return [("", str(_("Nobody")), ""), *owners[:MOST_GROUPS]]
    if field == "record_type":
        return [empty, *((variant.key, variant.label, "") for variant in info.variants)]
    if one is not None and one.type == "yesno":
        return [empty, ("yes", str(_("Yes")), ""), ("no", str(_("No")), "")]
    known = [(choice.key, choice.label, "") for choice in one.spec.choices] if one else []
    strange = [(key, key, "") for key in found if key and key not in {choice[0] for choice in known}]
    return [empty, *known[:MOST_GROUPS], *strange]
