"""The change feed: what happened with records the caller may see, in the order of the ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from fairboard.crm import events
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Change, Record
from fairboard.crm.queries.access import SeatInfo, seat_of, visible_fields, visible_sql
from fairboard.crm.queries.records import records_by_id
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import NotFound
from fairboard.ledger.queries import EventRow, settled_after

ACTS = {
    events.CREATED: "created", events.CHANGED: "changed", events.DELETED: "deleted", events.RESTORED: "restored",
    events.PURGED: "purged",
}  # fmt: skip
SYSTEM = ("owner", "record_type")


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A change of a record. ``fields`` names what changed; ``changes`` and ``values`` only when asked for."""

    number: int
    act: str
    type_key: str
    record_id: str
    at: datetime
    actor_id: str
    source: str
    fields: tuple[str, ...]
    changes: tuple[Mapping[str, Any], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


def changes(
    *, actor: Actor, cursor: str = "", types: Collection[str] = (), size: int = 100,
    with_values: bool = False,
) -> Page[FeedRow]:  # fmt: skip
    """The next changes after a cursor, oldest first; the cursor of the page is always given, to go on from later.

    Changes of records the caller may not see are passed over, and so are those of hidden fields alone. Raises
    Forbidden, NotFound for a type the caller does not see, Invalid for a cursor that is none.
    """
    seat = seat_of(actor)
    seen = {key: info for key, info in catalogue().types.items() if seat.on(key).read != "none"}
    for key in types:
        if key not in seen:
            raise NotFound
    (after,) = decode_cursor(cursor, [int]) if cursor else (0,)
    wanted = [f"crm.{key}" for key in (types or seen)]
    told = settled_after(int(after), kinds=list(ACTS), subject_kinds=wanted, size=size)
    rows = _rows(told, seat, seen)
    if with_values:
        rows = _with_values(rows, actor, seat, seen)
    return Page(rows, next_cursor=encode_cursor(told[-1].number) if told else cursor, extra={"more": len(told) == size})


def _rows(told: Sequence[EventRow], seat: SeatInfo, seen: Mapping[str, TypeInfo]) -> list[FeedRow]:
    by_type: dict[str, set[str]] = {}
    for one in told:
        by_type.setdefault(one.subject_kind.removeprefix("crm."), set()).add(one.subject_id)
    allowed = {key: visible_ids(seat, seen[key], ids) for key, ids in by_type.items()}
    rows = []
    for one in told:
        key, act = one.subject_kind.removeprefix("crm."), ACTS[one.kind]
        is_seen = one.subject_id in allowed[key] or (act == "purged" and seat.on(key).read == "all")
        fields = tuple(name for name in one.data.get("fields", ()) if _shows(seat, seen[key], name))
        if is_seen and (fields or act != "changed"):
            rows.append(
                FeedRow(
                    one.number, act, key, one.subject_id, one.at, one.actor_id, str(one.data.get("source", "")), fields
                )
            )
    return rows


def _shows(seat: SeatInfo, info: TypeInfo, name: str) -> bool:
    return name in SYSTEM or (name in info.fields and name in visible_fields(seat, info))


def visible_ids(seat: SeatInfo, info: TypeInfo, ids: Collection[str]) -> set[str]:
    """Those of the records, the bin's among them, that the seat may read."""
    condition, params = visible_sql(seat, info)
    found = Record.objects.filter(type_id=info.id, public_id__in=ids)
    found = found.filter(RawSQL(f"({condition})", params, output_field=BooleanField()))  # noqa: S611, values are bound
    return set(found.values_list("public_id", flat=True))


def _with_values(rows: Sequence[FeedRow], actor: Actor, seat: SeatInfo, seen: Mapping[str, TypeInfo]) -> list[FeedRow]:
    now = records_by_id(actor=actor, ids={row.record_id for row in rows})
    kept: dict[int, list[dict[str, Any]]] = {}
    numbers = [row.number for row in rows if row.act == "changed"]
    for one in Change.objects.filter(event_id__in=numbers).order_by("pk"):
        kept.setdefault(one.event_id, []).append({"field": one.key, "before": one.before, "after": one.after})
    return [
        FeedRow(
            row.number, row.act, row.type_key, row.record_id, row.at, row.actor_id, row.source, row.fields,
            tuple(one for one in kept.get(row.number, ()) if _shows(seat, seen[row.type_key], one["field"])),
            now[row.record_id].values if row.record_id in now else {},
        )
        for row in rows
    ]  # fmt: skip
