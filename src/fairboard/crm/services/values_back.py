"""Giving a record the values it had before a change, exactly as they were: for undoing imports and merges."""

from collections.abc import Mapping

from fairboard.crm import values
from fairboard.crm.catalogue import TypeInfo
from fairboard.crm.hooks import Written
from fairboard.crm.models import Change, Record
from fairboard.crm.services.writing import Plan

BESIDE = {"owner": "owner_id", "record_type": "record_type"}
"""Keys of changes that stand beside the data, and the record's column for each."""


def planned(info: TypeInfo, row: Record, changes: Mapping[str, Change]) -> tuple[Plan, list[str]]:
    """A plan that takes changes of a record back, and the keys that are others now than the changes left them.

    Roll-ups and figures may have moved on by themselves: they are never a reason to leave a record.
    """
    before, after = dict(row.data), dict(row.data)
    differs, changed = [], set[str]()
    for key, change in changes.items():
        if key in BESIDE:
            column = BESIDE[key]
            if getattr(row, column) != change.after:
                differs.append(key)
            else:
                before[key] = change.after
                setattr(row, column, change.before)
                changed.add(key)
            continue
        one = info.fields.get(key)
        if one is None or one.kind == "rollup" or key == "deleted":
            continue
        if row.data.get(key) != change.after and one.is_written:
            differs.append(key)
            continue
        if change.before is None:
            after.pop(key, None)
        else:
            after[key] = change.before
        changed.add(key)
    row.data, row.name = after, values.name_of(info, after)
    return Plan(Written(row, before, after, frozenset(changed), is_new=False)), differs
