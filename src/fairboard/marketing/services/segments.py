"""Making segments and keeping them current: at once for what is written, by a look at everything now and then."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.crm.hooks import Batch
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.ledger.services import Subject, record
from fairboard.marketing import events
from fairboard.marketing.models import Segment, SegmentMember, Snapshot, SnapshotMember
from fairboard.marketing.queries import segments as queries
from fairboard.marketing.queries.people import types

CHUNK = 2_000
Listener = Callable[[Segment, Sequence[int], Sequence[int], datetime], None]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> Listener:
    """Have a function told of a segment with the rows that entered and those that left it, in the transaction."""
    _listeners.append(listener)
    return listener


def save_segment(*, name: str, type_key: str, tree: Any, actor: Actor, at: datetime, segment_id: str = "") -> str:
    """Make a segment or change one, and fill it; returns its id. Raises Forbidden, Invalid, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    name = name.strip()[:80]
    if not name:
        raise Invalid(_("Give the segment a name."), field="name")
    if type_key not in types():
        raise Invalid(_("These records do not lead to anybody to write to."), field="type")
    queries.tree_of(type_key=type_key, tree=tree, owner=actor, today=at.date())
    with transaction.atomic():
        if segment_id:
            row = Segment.objects.select_for_update().filter(public_id=segment_id, archived_at=None).first()
            if row is None:
                raise NotFound(_("There is no such segment."))
            row.name, row.tree, row.owner_id = name, tree or None, actor.id
            row.save()
        else:
            row = Segment.objects.create(
                name=name, type_key=type_key, tree=tree or None, owner_id=actor.id, created_at=at
            )
        record(
            kind=events.SEGMENT_SAVED, subject=Subject("segment", row.public_id), actor=actor, at=at,
            data={"type": type_key},
        )  # fmt: skip
    refresh(segment=row, at=at)
    return row.public_id


def archive_segment(*, segment_id: str, actor: Actor, at: datetime) -> None:
    """Take a segment out of use. Raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    with transaction.atomic():
        found = Segment.objects.filter(public_id=segment_id, archived_at=None)
        if not found.update(archived_at=at):
            raise NotFound(_("There is no such segment."))
        record(kind=events.SEGMENT_ARCHIVED, subject=Subject("segment", segment_id), actor=actor, at=at)


def refresh(*, segment: Segment, at: datetime) -> tuple[int, int]:
    """Look at everything a segment's filter holds; returns how many entered and how many left."""
    with transaction.atomic():
        held = set(queries.selected(segment, at=at).values_list("pk", flat=True))
        known = set(SegmentMember.objects.filter(segment=segment).values_list("record_id", flat=True))
        _apply(segment, sorted(held - known), sorted(known - held), at)
        Segment.objects.filter(pk=segment.pk).update(refreshed_at=at, size=len(held))
    return len(held - known), len(known - held)


def refresh_one(*, segment_id: str, actor: Actor, at: datetime) -> tuple[int, int]:
    """Look at everything of one segment now; returns how many entered and left. Raises Forbidden, NotFound, Invalid."""
    row = queries.segment(actor=actor, segment_id=segment_id)
    return refresh(segment=Segment.objects.get(pk=row.pk), at=at)


def follow(batch: Batch) -> None:
    """Bring every segment of a type up to what was just written of it: only these records are looked at.

    Big imports are left to the next look at everything.
    """
    if batch.type.key not in types() or len(batch.rows) > CHUNK or batch.source == "import":
        return
    rows = [one.record.pk for one in batch.rows]
    for segment in queries.tracking(batch.type.key):
        try:
            held = set(queries.selected(segment, at=batch.at).filter(pk__in=rows).values_list("pk", flat=True))
        except Problem:
            continue  # a field its filter needs is gone: its page says so
        known = set(
            SegmentMember.objects.filter(segment=segment, record_id__in=rows).values_list("record_id", flat=True)
        )
        if held != known:
            _apply(segment, sorted(held - known), sorted(known - held), batch.at)
            Segment.objects.filter(pk=segment.pk).update(size=F("size") + len(held - known) - len(known - held))


def refresh_all(*, at: datetime) -> None:
    """Look at everything of every segment, for filters that change with the days and with what accounts do."""
    for segment in Segment.objects.filter(archived_at=None).order_by("refreshed_at", "pk"):
        try:
            refresh(segment=segment, at=at)
        except Problem:
            continue


def take_snapshot(*, segment_id: str, name: str, actor: Actor, at: datetime) -> str:
    """Keep who is in a segment now; returns the snapshot's id. Raises Forbidden, NotFound."""
    row = queries.segment(actor=actor, segment_id=segment_id)
    with transaction.atomic():
        snapshot = Snapshot.objects.create(segment_id=row.pk, name=name.strip()[:80] or row.name, at=at)
        pks = list(SegmentMember.objects.filter(segment_id=row.pk).order_by("pk").values_list("record_id", flat=True))
        SnapshotMember.objects.bulk_create(
            [SnapshotMember(snapshot=snapshot, record_id=pk) for pk in pks], batch_size=CHUNK
        )
        snapshot.size = len(pks)
        snapshot.save(update_fields=["size"])
        record(
            kind=events.SNAPSHOT_TAKEN, subject=Subject("segment", segment_id), actor=actor, at=at,
            data={"snapshot": snapshot.public_id, "size": len(pks)},
        )  # fmt: skip
    return snapshot.public_id


def _apply(segment: Segment, entered: Sequence[int], left: Sequence[int], at: datetime) -> None:
    SegmentMember.objects.bulk_create(
        [SegmentMember(segment=segment, record_id=pk, since=at) for pk in entered], batch_size=CHUNK,
        ignore_conflicts=True,
    )  # fmt: skip
    for start in range(0, len(left), 500):
        SegmentMember.objects.filter(segment=segment, record_id__in=left[start : start + 500]).delete()
    if entered or left:
        for listener in _listeners:
            listener(segment, entered, left, at)
