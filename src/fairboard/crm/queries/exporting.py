"""Records as rows of a file: visible fields only, values as people and the import read them, formulas disarmed."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.crm.models import Export
from fairboard.crm.queries.access import SeatInfo, visible_fields
from fairboard.crm.queries.records import RecordRow, check_permission, names_of, walked
from fairboard.crm.queries.standing import held_records
from fairboard.filters import Node
from fairboard.kit import spreadsheets
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound

PART = 1_000
_HARMLESS = re.compile(r"[+-]?[0-9][0-9 .,]*\Z")
SYSTEM: dict[str, Callable[[RecordRow], Any]] = {
    "id": lambda row: row.id, "owner": lambda row: row.owner_id, "record_type": lambda row: row.record_type,
    "created": lambda row: row.created_at.isoformat(timespec="seconds"),
    "updated": lambda row: row.updated_at.isoformat(timespec="seconds"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of an export, how many records were left out of it, and the accounts on hold they are about."""

    rows: list[list[Any]]
    withheld: int
    accounts: Sequence[str] = ()


def disarmed(cell: Any) -> Any:
    """A text no spreadsheet takes for a formula (OWASP, CSV injection); numbers with a sign stay as they are."""
    return cell if isinstance(cell, str) and _HARMLESS.match(cell) else spreadsheets.disarmed(cell)


def columns_of(seat: SeatInfo, info: TypeInfo, wanted: Sequence[str] = ()) -> list[str]:
    """The keys of the columns, all visible ones when none is asked for; a relation has a second one with its ids.

    Raises Invalid for one that is not there or not visible.
    """
    visible = visible_fields(seat, info)
    if not wanted:
        own = [
            key for one in visible for key in ((one, f"{one}.id") if info.fields[one].kind == "relation" else (one,))
        ]
        return ["id", *own, "owner", "created", "updated"]
    for key in wanted:
        plain = key.removesuffix(".id")
        if key not in SYSTEM and (plain not in visible or (plain != key and info.fields[plain].kind != "relation")):
            raise Invalid(_("There is no column %(key)s here.") % {"key": key}, field="columns")
    return list(wanted)


def headings_of(info: TypeInfo, columns: Sequence[str]) -> list[str]:
    """What stands above the columns."""
    found = []
    for key in columns:
        if key in SYSTEM:
            found.append(key)
        elif key.endswith(".id"):
            found.append(f"{info.fields[key.removesuffix('.id')].label} id")
        else:
            found.append(info.fields[key].label)
    return found


def parts(
    *, actor: Actor, info: TypeInfo, tree: Node | None, columns: Sequence[str], at: datetime, as_json: bool = False
) -> Iterator[Part]:
    """The rows of an export, a thousand at a time; records of accounts on hold are counted, not shown."""
    relations = [key for key in columns if key in info.fields and info.fields[key].kind == "relation"]
    for rows in walked(actor=actor, type_key=info.key, tree=tree, size=PART):
        held = held_records([row.id for row in rows], at=at)
        kept = [row for row in rows if row.id not in held]
        ids = {one for row in kept for key in relations for one in _listed(row.values.get(key))}
        names = names_of(actor=actor, ids=ids) if ids and not as_json else {}
        cells = [[_cell(info, row, key, names, as_json) for key in columns] for row in kept]
        yield Part(cells, len(held), sorted({one for found in held.values() for one in found}))


def _listed(value: Any) -> list[str]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _cell(info: TypeInfo, row: RecordRow, key: str, names: dict[str, str], as_json: bool) -> Any:
    if key in SYSTEM:
        return SYSTEM[key](row)
    one = info.fields[key.removesuffix(".id")]
    value = row.values.get(one.key)
    if as_json:
        return value
    if value is None:
        return ""
    if one.kind == "relation":
        ids = _listed(value)
        return "; ".join(ids if key.endswith(".id") else [names.get(each, "") for each in ids])
    return _plain(one, value)


def _plain(one: FieldInfo, value: Any) -> Any:
    if one.type in {"choice", "multichoice"}:
        labels = {choice.key: choice.label for choice in one.spec.choices}
        return "; ".join(labels.get(each, str(each)) for each in _listed(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as page and API show it."""

    id: str
    type_key: str
    format: str
    state: str
    rows: int
    withheld: int
    message: str
    created_at: datetime
    expires_at: datetime | None


def export_rows(*, actor: Actor, size: int = 50) -> list[ExportRow]:
    """The actor's exports, the newest first."""
    check_permission(actor, "export")
    return [_row(one) for one in Export.objects.filter(actor_id=actor.id).order_by("-pk")[:size]]


def export_row(*, export_id: str, actor: Actor) -> ExportRow:
    """One export of the actor's; raises NotFound."""
    check_permission(actor, "export")
    found = Export.objects.filter(public_id=export_id, actor_id=actor.id).first()
    if found is None:
        raise NotFound(_("There is no such export."))
    return _row(found)


def _row(one: Export) -> ExportRow:
    return ExportRow(
        one.public_id, one.type_key, one.format, one.state, one.rows, one.withheld, one.message, one.created_at,
        one.expires_at,
    )  # fmt: skip
