"""Merges: what a record was merged into, what was merged into it, and the records of a merge side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Merge, Merged
from fairboard.crm.queries.access import seat_of, visible_fields
from fairboard.crm.queries.records import RecordRow, check_permission, records_by_id
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound

MOST = 5


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A field of records that are to be merged: each record's value as kept and as read, and whether they differ."""

    key: str
    label: str
    kept: tuple[Any, ...]
    shown: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that was made into a record."""

    id: str
    at: datetime
    merged: tuple[str, ...]
    is_undone: bool


def current_id(record_id: str) -> str:
    """The id of the record that one was merged into; empty when it was not. Says nothing of who may see it."""
    found = Merged.objects.filter(old_id=record_id).select_related("survivor").first()
    return found.survivor.public_id if found else ""


def merged_ids(record_id: str) -> list[str]:
    """The ids of the records that were merged into one: their events belong to its history."""
    return list(Merged.objects.filter(survivor__public_id=record_id).order_by("pk").values_list("old_id", flat=True))


def merges_of(*, record_id: str, actor: Actor) -> list[MergeRow]:
    """The merges into a record, the newest first; for who may see it. Raises NotFound."""
    if record_id not in records_by_id(actor=actor, ids=[record_id]):
        raise NotFound(_("There is no such record."))
    return [
        MergeRow(one.public_id, one.at, tuple(one.before["losers"]), one.undone_at is not None)
        for one in Merge.objects.filter(survivor__public_id=record_id).order_by("-pk")
    ]


def side_by_side(*, record_ids: Sequence[str], actor: Actor) -> tuple[TypeInfo, list[RecordRow], list[FieldLine]]:
    """Two to five records of one type with the fields any has something in. Raises Forbidden, NotFound, Invalid."""
    check_permission(actor, "merge")
    wanted = list(dict.fromkeys(record_ids))
    if not 2 <= len(wanted) <= MOST:
        raise Invalid(_("Choose two to five records."), field="records")
    found = records_by_id(actor=actor, ids=wanted)
    if len(found) != len(wanted):
        raise NotFound(_("There is no such record."))
    rows = [found[one] for one in wanted]
    if len({row.type_key for row in rows}) > 1:
        raise Invalid(_("These records are not of one type."), field="records")
    info = catalogue().type(rows[0].type_key)
    names = _names(info, rows, actor)
    lines = []
    for key in visible_fields(seat_of(actor), info):
        one = info.fields[key]
        kept = tuple(row.values.get(key) for row in rows)
        if one.is_written and any(value is not None for value in kept):
            texts = tuple(_text(one, value, names) for value in kept)
            lines.append(FieldLine(key, one.label, kept, texts, len({repr(value) for value in kept}) > 1))
    return info, rows, lines


def _names(info: TypeInfo, rows: Sequence[RecordRow], actor: Actor) -> Mapping[str, str]:
    ids = set()
    for row in rows:
        for one in info.relations:
            value = row.values.get(one.key)
            ids.update(value if isinstance(value, list) else [value] if value else [])
    return {key: row.name for key, row in records_by_id(actor=actor, ids=ids).items()}


def _text(one: FieldInfo, value: Any, names: Mapping[str, str]) -> str:
    if one.kind == "relation" and value is not None:
        return ", ".join(names.get(each, "–") for each in (value if isinstance(value, list) else [value]))
    return shown(one, value)
