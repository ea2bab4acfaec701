"""Changes of many records: what one would do, how far one is, and what is in the bin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import BulkEdit, BulkRow, Record
from fairboard.crm.queries.access import seat_of, visible_sql
from fairboard.crm.queries.records import RecordRow, record_row
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Invalid, NotFound

BIN_PAGE = 50


@dataclass(frozen=True, slots=True)
class BulkInfo:
    """How far a change of many records is; ``problems`` are the first rows that were refused or skipped, with why."""

    id: str
    type_key: str
    plural: str
    act: str
    state: str
    values: Mapping[str, Any]
    owner_id: str | None
    total: int
    done: int
    changed: int
    unchanged: int
    failed: int
    undone: int
    skipped: int
    created_at: datetime
    actor_id: str
    may_undo: bool
    problems: Sequence[Mapping[str, Any]] = ()

    @property
    def percent(self) -> int:
        """How much is done, in percent."""
        return 100 * self.done // self.total if self.total else 100


def bulk_info(*, actor: Actor, bulk_id: str) -> BulkInfo:
    """How far a change is: for who made it and for administrators; raises NotFound for others."""
    edit = BulkEdit.objects.filter(public_id=bulk_id).first()
    info = catalogue().by_id.get(edit.type_id) if edit else None
    seat_of(actor)
    if edit is None or info is None or (edit.actor_id != actor.id and not actor.can("crm.manage")):
        raise NotFound(_("There is no such change."))
    return _info(edit, info, _problems(edit, info))


def _info(edit: BulkEdit, info: TypeInfo, problems: Sequence[Mapping[str, Any]] = ()) -> BulkInfo:
    done = edit.changed + edit.unchanged + edit.failed
    return BulkInfo(
        edit.public_id, info.key, info.plural, edit.act, edit.state, edit.values, edit.owner_id, edit.total, done,
        edit.changed, edit.unchanged, edit.failed, edit.undone, edit.skipped, edit.created_at, edit.actor_id,
        edit.state == "done" and edit.changed > 0, problems,
    )  # fmt: skip


def _problems(edit: BulkEdit, info: TypeInfo) -> list[dict[str, Any]]:
    rows = BulkRow.objects.filter(bulk=edit).exclude(error="", skipped=[]).select_related("record").order_by("pk")
    return [
        {
            "id": row.record.public_id, "name": row.record.name, "error": row.error,
            "fields": [info.fields[key].label if key in info.fields else key for key in row.skipped],
        }
        for row in rows[:200]
    ]  # fmt: skip


def my_bulk_edits(*, actor: Actor, size: int = 20) -> list[BulkInfo]:
    """The last changes somebody made, the newest first."""
    seat_of(actor)
    known = catalogue().by_id
    rows = BulkEdit.objects.filter(actor_id=actor.id).order_by("-pk")[:size]
    return [_info(one, known[one.type_id]) for one in rows if one.type_id in known]


def binned(*, actor: Actor, type_key: str = "", cursor: str = "") -> Page[tuple[RecordRow, datetime]]:
    """What is in the bin and the actor may see, the last deleted first, with when each was deleted."""
    seat = seat_of(actor)
    parts, params = [], []
    for info in catalogue().types.values():
        if seat.on(info.key).read != "none" and type_key in {"", info.key}:
            condition, more = visible_sql(seat, info)
            parts.append(f"(type_id = {info.id:d} AND {condition})")
            params += more
    if not parts:
        return Page([])
    after = ""
    if cursor:
        moment, pk = decode_cursor(cursor, [str, int])
        after = " AND (deleted_at, id) < (%s, %s)"
        params += [_moment(str(moment)), pk]
    text = (
        f"SELECT * FROM crm_record WHERE deleted_at IS NOT NULL AND ({' OR '.join(parts)}){after}"
        f" ORDER BY deleted_at DESC, id DESC LIMIT {BIN_PAGE + 1}"
    )
    rows = list(Record.objects.raw(text, params))
    more_of = ""
    if len(rows) > BIN_PAGE:
        last = rows[BIN_PAGE - 1]
        more_of = encode_cursor(last.deleted_at.isoformat() if last.deleted_at else "", last.pk)
    known = catalogue().by_id
    found = [
        (record_row(row, seat, known[row.type_id]), row.deleted_at or row.updated_at)
        for row in rows[:BIN_PAGE] if row.type_id in known
    ]  # fmt: skip
    return Page(found, next_cursor=more_of)


def _moment(text: str) -> Any:
    try:
        return connection.ops.adapt_datetimefield_value(datetime.fromisoformat(text))
    except ValueError as error:
        raise Invalid(_("This page address is not complete. Start from the first page."), field="cursor") from error
