"""What changed in a record: who, when, the value before and after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Change
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import RecordRow, names_of
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.ledger.queries import events_by_number


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's change as people read it; ``by`` is empty for the program."""

    key: str
    label: str
    before: str
    after: str
    at: datetime
    by: str
    source: str


def history(*, actor: Actor, row: RecordRow, field_key: str = "", size: int = 30) -> list[FieldChange]:
    """The changes of a record the actor sees, the newest first, without fields that are hidden from them."""
    seat, info = seat_of(actor), catalogue().type(row.type_key)
    found = Change.objects.filter(record_id=row.pk).order_by("-event_id", "-pk")
    if field_key:
        found = found.filter(key=field_key)
    changes = [one for one in found[: size * 3] if seat.fields.get(f"{info.key}.{one.key}") != "hidden"][:size]
    events = events_by_number({one.event_id for one in changes})
    ids = _ids(info, changes)
    members = {value for one in changes if one.key == "owner" for value in (one.before, one.after) if value}
    names = names_of(actor=actor, ids=ids) | colleagues.names(members)
    rows = []
    for one in changes:
        event = events.get(one.event_id)
        if event is None:
            continue
        label = info.fields[one.key].label if one.key in info.fields else _label(one.key)
        rows.append(
            FieldChange(
                one.key, label, text_of(info, one.key, one.before, names), text_of(info, one.key, one.after, names),
                event.at, event.actor_name if event.actor_kind == "member" else "", str(event.data.get("source", "")),
            )
        )  # fmt: skip
    return rows


def _label(key: str) -> str:
    return {"owner": _("Owner"), "record_type": _("Record type"), "deleted": _("Deleted")}.get(key, key)


def _ids(info: TypeInfo, changes: list[Change]) -> set[str]:
    relations = {one.key for one in info.relations}
    found: set[str] = set()
    for one in changes:
        if one.key in relations:
            for value in (one.before, one.after):
                found.update([value] if isinstance(value, str) else value or [])
    return found


def text_of(info: TypeInfo, key: str, value: Any, names: dict[str, str]) -> str:
    """A kept value as people read it: a record or a member by name, a record type by its label."""
    if value is None or value == "":
        return ""
    if key == "record_type":
        return next((one.label for one in info.variants if one.key == value), str(value))
    if key == "owner":
        return names.get(str(value), str(value))
    field: FieldInfo | None = info.fields.get(key)
    if field is None:
        return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)
    if field.kind == "relation":
        ids = value if isinstance(value, list) else [value]
        return ", ".join(names.get(str(one), _("a record you may not see")) for one in ids)
    return shown(field, value)
