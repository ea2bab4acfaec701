"""Reading segments: who is in them now, how far two overlap, who was in one at a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fairboard.crm import relative
from fairboard.crm.queries import records
from fairboard.crm.queries.records import RecordRow
from fairboard.filters import FilterError, Node, parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.marketing.models import Segment, SegmentMember, Snapshot
from fairboard.people.queries import actor_by_id


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment; ``size`` is how many records are in it, as of ``refreshed_at``."""

    id: str
    pk: int
    name: str
    type_key: str
    tree: Any
    owner_id: str
    size: int
    created_at: datetime
    refreshed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A picture of a segment at a moment."""

    id: str
    name: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many records are in both of two segments, and in one of them only."""

    both: int
    first_only: int
    second_only: int


def segments(*, actor: Actor) -> list[SegmentRow]:
    """Every segment, by name; raises Forbidden."""
    _check(actor)
    return [row_of(one) for one in Segment.objects.filter(archived_at=None).order_by("name", "pk")]


def segment(*, actor: Actor, segment_id: str) -> SegmentRow:
    """One segment; raises Forbidden, NotFound."""
    _check(actor)
    found = Segment.objects.filter(public_id=segment_id, archived_at=None).first()
    if found is None:
        raise NotFound(_("There is no such segment."))
    return row_of(found)


def members(*, actor: Actor, segment_id: str, cursor: str = "", size: int = 50) -> Page[RecordRow]:
    """A page of the records in a segment that the actor may see, the latest to come first."""
    row = segment(actor=actor, segment_id=segment_id)
    found = SegmentMember.objects.filter(segment_id=row.pk).select_related("record").order_by("-pk")
    if cursor:
        (before,) = decode_cursor(cursor, [int])
        found = found.filter(pk__lt=before)
    kept = list(found[: size + 1])
    more = encode_cursor(kept[size - 1].pk) if len(kept) > size else ""
    seen = records.records_by_id(actor=actor, ids=[one.record.public_id for one in kept[:size]])
    rows = [seen[one.record.public_id] for one in kept[:size] if one.record.public_id in seen]
    return Page(rows, next_cursor=more)


def snapshots(*, actor: Actor, segment_id: str) -> list[SnapshotRow]:
    """The pictures taken of a segment, the newest first."""
    row = segment(actor=actor, segment_id=segment_id)
    return [
        SnapshotRow(one.public_id, one.name, one.size, one.at)
        for one in Snapshot.objects.filter(segment_id=row.pk).order_by("-pk")
    ]


def overlap(*, actor: Actor, first_id: str, second_id: str) -> Overlap:
    """How far two segments of one type overlap, from their kept members. Raises Invalid for different types."""
    first, second = (segment(actor=actor, segment_id=one) for one in (first_id, second_id))
    if first.type_key != second.type_key:
        raise Invalid(_("Only segments of the same kind of record can be compared."), field="second")
    own = SegmentMember.objects.filter(segment_id=first.pk)
    both = own.filter(record_id__in=SegmentMember.objects.filter(segment_id=second.pk).values("record_id")).count()
    other = SegmentMember.objects.filter(segment_id=second.pk).count()
    return Overlap(both, own.count() - both, other - both)


def tree_of(*, type_key: str, tree: Any, owner: Actor, today: date) -> Node | None:
    """A segment's filter, checked with its owner's rights, relative days filled in. Raises Invalid."""
    if not tree:
        return None
    schema = records.schema_of(owner, type_key)
    try:
        return validate(parse(relative.resolved(tree, schema, member_id=owner.id, today=today)), schema)
    except FilterError as error:
        raise Invalid(error.message, field=f"tree.{error.path}".rstrip(".")) from error


def owner_of(row: Segment) -> Actor:
    """Who made a segment; the program itself once they have left, so that it goes on as it was."""
    return actor_by_id(row.owner_id) or Actor.system("marketing")


def owner_of_row(row: SegmentRow) -> Actor:
    """As `owner_of`, of a segment as it is shown."""
    return actor_by_id(row.owner_id) or Actor.system("marketing")


def selected(row: Segment, *, at: datetime) -> "QuerySet[Any]":
    """The records that a segment's filter holds now."""
    owner = owner_of(row)
    seat, info = records.readable(owner, row.type_key)
    tree = tree_of(type_key=row.type_key, tree=row.tree, owner=owner, today=at.date())
    return records.selected(seat, info, tree)


def tracking(type_key: str) -> Sequence[Segment]:
    """The segments that follow records of a type."""
    return list(Segment.objects.filter(type_key=type_key, archived_at=None))


def row_of(one: Segment) -> SegmentRow:
    """A segment as it is shown."""
    return SegmentRow(
        one.public_id, one.pk, one.name, one.type_key, one.tree, one.owner_id, one.size, one.created_at,
        one.refreshed_at,
    )  # fmt: skip


def _check(actor: Actor) -> None:
    if not actor.can("marketing.use"):
        raise Forbidden
