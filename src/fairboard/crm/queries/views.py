"""Saved views: one's own and those everybody shares; and what a view comes to for its reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import SavedView
from fairboard.crm.queries.access import SeatInfo, visible_fields
from fairboard.crm.queries.records import SYSTEM_ORDERS, readable, schema_for
from fairboard.crm.relative import resolved
from fairboard.filters import FilterError, Node, parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, NotFound

DEFAULT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "account": ("name", "lifecycle", "industry", "city", "standing", "ads_live", "spend_90", "open_deals", "owner"),
    "contact": ("name", "account", "title", "email", "phone", "city", "owner"),
    "lead": ("name", "status", "rating", "email", "phone", "source", "created", "owner"),
    "deal": ("name", "account", "stage", "amount", "probability", "close_date", "next_step", "owner"),
    "product": ("name", "code", "price", "billing", "is_active"),
    "quote": ("name", "account", "deal", "status", "total", "valid_until", "owner"),
    "invoice": ("name", "account", "amount", "status", "issued_on", "due_on", "paid_on"),
    "campaign": ("name", "kind", "status", "starts_on", "budget", "members", "responses", "won_amount"),
    "task": ("name", "about", "due_on", "priority", "status", "owner"),
    "call": ("name", "about", "at", "direction", "minutes", "outcome", "owner"),
    "meeting": ("name", "about", "starts_at", "place", "owner"),
    "note": ("name", "about", "created", "owner"),
    "mail": ("name", "about", "direction", "from_address", "at"),
    "file": ("name", "about", "content_type", "size", "created"),
}
MOST_COLUMNS = 40
UNSORTED = {"multichoice", "longtext"}
GROUPABLE = {"choice", "yesno"}


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view as its reader has it; ``tree`` is the filter's JSON as it was saved."""

    id: str
    type_key: str
    name: str
    kind: str
    owner_id: str
    is_shared: bool
    is_mine: bool
    may_edit: bool
    tree: Mapping[str, Any]
    columns: tuple[str, ...]
    sort: str
    group: str
    options: Mapping[str, Any]


def views_of(*, actor: Actor, type_key: str) -> list[ViewRow]:
    """The views of a type an actor has: shared ones and their own, in their order."""
    _seat, info = readable(actor, type_key)
    rows = SavedView.objects.filter(type_id=info.id).order_by("position", "pk")
    return [_view(one, info, actor) for one in rows if one.is_shared or one.owner_id == actor.id]


def view(*, actor: Actor, view_id: str) -> ViewRow:
    """One view; raises NotFound for one that is somebody else's own."""
    row = SavedView.objects.filter(public_id=view_id).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    if row is None or info is None or not (row.is_shared or row.owner_id == actor.id):
        raise NotFound(_("There is no such view."))
    readable(actor, info.key)
    return _view(row, info, actor)


def _view(row: SavedView, info: TypeInfo, actor: Actor) -> ViewRow:
    is_mine = row.owner_id == actor.id
    return ViewRow(
        row.public_id, info.key, row.name, row.kind, row.owner_id, row.is_shared, is_mine,
        is_mine or actor.can("crm.manage"), row.tree, tuple(row.columns), row.sort, row.group, row.options,
    )  # fmt: skip


def tree_of(given: Any, seat: SeatInfo, info: TypeInfo, *, at: datetime) -> Node | None:
    """A filter's JSON as the reader's tree, ``me`` and ``today`` filled in; None of an empty one.

    Raises Invalid naming the place, also for a field the reader does not see.
    """
    if not given:
        return None
    schema = schema_for(seat, info)
    try:
        meant = resolved(given, schema, member_id=seat.member_id, today=at.date())
        return validate(parse(meant), schema)
    except FilterError as error:
        raise Invalid(error.message, field=f"filter.{error.path}".rstrip(".")) from error
    except RecursionError as error:
        raise Invalid(_("This filter is nested too deep."), field="filter") from error


def columns_for(seat: SeatInfo, info: TypeInfo) -> dict[str, str]:
    """What a table of a type can show, by key: the seat's fields and the system's columns, with their labels."""
    found = {"name": str(_("Name"))}
    found |= {
        key: info.fields[key].label for key in visible_fields(seat, info) if key not in {"name", *info.name_fields[:1]}
    }
    found["owner"] = str(_("Owner"))
    if info.variants:
        found["record_type"] = str(_("Record type"))
    return found | {"created": str(_("Created")), "updated": str(_("Changed"))}


def default_columns(seat: SeatInfo, info: TypeInfo) -> tuple[str, ...]:
    """What a table shows that nobody arranged."""
    known = columns_for(seat, info)
    if info.key in DEFAULT_COLUMNS:
        own = [key for key in known if key.startswith("cf_")][:3]
        return tuple(dict.fromkeys([key for key in DEFAULT_COLUMNS[info.key] if key in known] + own))
    short = [
        key for key in known if key in info.fields and info.fields[key].type != "longtext" and key != "external_id"
    ]
    return ("name", *[key for key in short if key != "name"][:7], "owner", "updated")


def sortable(seat: SeatInfo, info: TypeInfo, key: str) -> bool:
    """Whether a list can be in the order of a column."""
    if key in SYSTEM_ORDERS:
        return True
    one = info.fields.get(key)
    return one is not None and key in visible_fields(seat, info) and not one.is_many and one.type not in UNSORTED


def groupable(seat: SeatInfo, info: TypeInfo) -> dict[str, str]:
    """What a list can be grouped by, and a board's columns can be: choices, yes or no, and the owner."""
    found = {
        key: info.fields[key].label for key in visible_fields(seat, info)
        if info.fields[key].type in GROUPABLE and info.fields[key].kind != "relation"
    }  # fmt: skip
    found["owner"] = str(_("Owner"))
    return found | ({"record_type": str(_("Record type"))} if info.variants else {})


def dated(seat: SeatInfo, info: TypeInfo) -> dict[str, str]:
    """What a calendar can go by: fields that hold a day or a moment."""
    return {
        key: info.fields[key].label for key in visible_fields(seat, info)
        if info.fields[key].type in {"date", "datetime"} and info.fields[key].kind != "relation"
    } | {"created": str(_("Created"))}  # fmt: skip


def summable(seat: SeatInfo, info: TypeInfo) -> dict[str, str]:
    """What a board's columns can be summed by: numbers and money."""
    return {
        key: info.fields[key].label for key in visible_fields(seat, info)
        if info.fields[key].type in {"money", "number"} and info.fields[key].kind != "relation"
    }  # fmt: skip


def located(seat: SeatInfo, info: TypeInfo) -> bool:
    """Whether records of a type can be put on a map: by latitude and longitude, or by a city."""
    seen = set(visible_fields(seat, info))
    return {"latitude", "longitude"} <= seen or "city" in seen
