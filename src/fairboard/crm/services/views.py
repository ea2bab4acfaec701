"""Saving views, and the indexes that make the big ones fast."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, indexes
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import Record, SavedView, Seen
from fairboard.crm.models.views import VIEW_KINDS
from fairboard.crm.queries import views as queries
from fairboard.crm.queries.access import SYSTEM_SEAT, SeatInfo
from fairboard.crm.queries.records import check_permission, readable
from fairboard.crm.queries.views import ViewRow
from fairboard.filters import And, Condition, Node
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.services import Subject, record

BIG = 20_000
"""From so many records of a type on a view gets an index of its own."""
MOST_KEYS = 4
MOST_SEEN = 50
AGAIN = timedelta(minutes=5)
INDEX = tasks.expect("crm.view_index")
SPANS = ("month", "week")


def save_view(
    *, type_key: str, name: str, actor: Actor, at: datetime, view_id: str = "", kind: str = "table",
    tree: Any = None, columns: Sequence[str] = (), sort: str = "", group: str = "", is_shared: bool = False,
    options: Mapping[str, Any] | None = None,
) -> ViewRow:  # fmt: skip
    """Save a view, or change the one of ``view_id``. Raises NotFound, Forbidden, Invalid naming the field."""
    seat, info = readable(actor, type_key)
    row = _mine(view_id, info, actor) if view_id else SavedView(type_id=info.id, owner_id=actor.id, created_at=at)
    name = name.strip()[:60]
    if not name:
        raise Invalid(_("Give the view a name."), field="name")
    if is_shared and not row.is_shared:
        check_permission(actor, "views")
    _check(seat, info, kind=kind, columns=columns, sort=sort, group=group)
    queries.tree_of(tree, seat, info, at=at)
    row.name, row.kind, row.tree, row.columns = name, kind, tree or {}, list(columns)
    row.sort, row.group, row.is_shared, row.options = sort, group, is_shared, _options(seat, info, options or {})
    row.updated_at = at
    with transaction.atomic():
        row.save()
        record(
            kind=events.VIEW_SAVED, subject=Subject("crm.view", row.public_id), actor=actor, at=at,
            data={"type": info.key, "shared": is_shared},
        )  # fmt: skip
        if index_keys(row, info) and is_big(info):
            tasks.enqueue(INDEX, view_id=row.public_id)
    return queries.view(actor=actor, view_id=row.public_id)


def _mine(view_id: str, info: TypeInfo, actor: Actor) -> SavedView:
    row = SavedView.objects.filter(public_id=view_id, type_id=info.id).first()
    if row is None or not (row.is_shared or row.owner_id == actor.id):
        raise NotFound(_("There is no such view."))
    if row.owner_id != actor.id and not actor.can("crm.manage"):
        raise Forbidden(_("This view belongs to somebody else. Save it under another name."))
    return row


def _check(
    seat: SeatInfo, info: TypeInfo, *, kind: str, columns: Sequence[str], sort: str, group: str
) -> None:  # fmt: skip
    if kind not in VIEW_KINDS:
        raise Invalid(_("Choose a table, board, calendar or map."), field="kind")
    known = queries.columns_for(seat, info)
    strange = [key for key in columns if key not in known]
    if strange or len(columns) > queries.MOST_COLUMNS:
        raise Invalid(_("There is no column %(key)s here.") % {"key": ", ".join(strange[:3])}, field="columns")
    if sort and not queries.sortable(seat, info, sort.removeprefix("-")):
        raise Invalid(_("There is no order by %(key)s here.") % {"key": sort}, field="sort")
    groups = queries.dated(seat, info) if kind == "calendar" else queries.groupable(seat, info)
    if group and group not in groups:
        raise Invalid(_("There are no groups by %(key)s here.") % {"key": group}, field="group")


def _options(seat: SeatInfo, info: TypeInfo, given: Mapping[str, Any]) -> dict[str, str]:
    kept = {}
    if given.get("sum") in queries.summable(seat, info):
        kept["sum"] = str(given["sum"])
    if any(one.key == given.get("pipeline") for one in info.pipelines):
        kept["pipeline"] = str(given["pipeline"])
    if given.get("span") in SPANS:
        kept["span"] = str(given["span"])
    return kept


def delete_view(*, view_id: str, actor: Actor, at: datetime) -> str:
    """Delete a view, and its index when no other view uses it; returns the key of its type. Raises as `save_view`."""
    found = queries.view(actor=actor, view_id=view_id)
    info = catalogue().type(found.type_key)
    with transaction.atomic():
        row = _mine(view_id, info, actor)
        row.delete()
        record(
            kind=events.VIEW_DELETED, subject=Subject("crm.view", view_id), actor=actor, at=at, data={"type": info.key}
        )
        if row.index_name and not SavedView.objects.filter(index_name=row.index_name).exists():
            indexes.drop_named(row.index_name)
    return info.key


def is_big(info: TypeInfo) -> bool:
    """Whether a type has so many records that its views need indexes."""
    return Record.objects.filter(type_id=info.id, deleted_at=None)[: BIG + 1].count() > BIG


def index_keys(row: SavedView, info: TypeInfo) -> list[str]:
    """The fields an index for a view is over: those it holds equal, then its order; empty when none would help."""
    try:
        tree = queries.tree_of(row.tree, SYSTEM_SEAT, info, at=row.updated_at)
    except Invalid:
        return []  # it names a field that is gone
    equal = [key for key in _equal(tree) if key in indexes.SYSTEM or _is_plain(info, key)]
    keys = list(dict.fromkeys(equal))[: MOST_KEYS - 1]
    sort = row.sort.removeprefix("-")
    if sort and sort != "id" and sort not in keys and (sort in indexes.SYSTEM or _is_plain(info, sort)):
        keys.append(sort)
    return keys if keys != ["owner"] else []  # there is one for owners


def _equal(tree: Node | None) -> list[str]:
    if isinstance(tree, And):
        return [key for child in tree.children for key in _equal(child)]
    if isinstance(tree, Condition) and tree.op == "eq" and tree.field not in {"created", "updated"}:
        return [tree.field]
    return []


def _is_plain(info: TypeInfo, key: str) -> bool:
    one = info.fields.get(key)
    return one is not None and not one.is_many and one.type not in {"multichoice", "longtext"}


def make_index(*, view_id: str) -> str:
    """Make the index of a view, unless another view has the same one; returns its name, empty when it needs none."""
    row = SavedView.objects.filter(public_id=view_id).first()
    info = catalogue().by_id.get(row.type_id) if row else None
    keys = index_keys(row, info) if row and info else []
    if row is None or info is None or not keys:
        return ""
    name = f"crm_v_{info.id:d}_{blake2b(','.join(keys).encode(), digest_size=5).hexdigest()}"
    old = row.index_name
    indexes.make_for(name, info, keys)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the planner knows nothing of a new expression
            cursor.execute("ANALYZE crm_record")
    SavedView.objects.filter(pk=row.pk).update(index_name=name)
    if old and old != name and not SavedView.objects.filter(index_name=old).exists():
        indexes.drop_named(old)
    return name


def note_seen(*, record_pk: int, actor: Actor, at: datetime) -> None:
    """Remember that somebody opened a record; their last 50 are kept. Not on the ledger: it changes nothing.

    Opened again within five minutes it is not written anew.
    """
    if Seen.objects.filter(member_id=actor.id, record_id=record_pk, at__gt=at - AGAIN).exists():
        return
    Seen.objects.update_or_create(member_id=actor.id, record_id=record_pk, defaults={"at": at})
    old = Seen.objects.filter(member_id=actor.id).order_by("-at").values_list("pk", flat=True)[MOST_SEEN:]
    if gone := list(old[:20]):
        Seen.objects.filter(pk__in=gone).delete()
