"""Taking back a change of many records: every field nobody changed since gets the value it had before."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import BulkEdit, BulkRow, Change, Record
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.records import check_permission, selected
from fairboard.crm.services import records as one_by_one
from fairboard.crm.services import writing
from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, NotFound, Problem
from fairboard.ledger.services import Subject, record

CHUNK = 200
AT_ONCE = 200
UNDO = tasks.expect("crm.bulk_undo")
SYSTEM = ("owner", "record_type")


def undo(*, bulk_id: str, actor: Actor, at: datetime) -> BulkEdit:
    """Take a finished change back; raises NotFound, Forbidden, Conflict when it is not finished or undone already."""
    check_permission(actor, "bulk")
    edit = BulkEdit.objects.filter(public_id=bulk_id).first()
    if edit is None or edit.type_id not in catalogue().by_id:
        raise NotFound(_("There is no such change."))
    if edit.actor_id != actor.id and not actor.can("crm.manage"):
        raise Forbidden(_("Only who made the change, or an administrator, takes it back."))
    with transaction.atomic():
        if not BulkEdit.objects.filter(pk=edit.pk, state="done").update(state="undoing", last_pk=0):
            raise Conflict(_("This change is not finished, or was taken back already."))
        if edit.changed > AT_ONCE:
            tasks.enqueue(UNDO, bulk_id=bulk_id, actor_id=actor.id)
    if edit.changed <= AT_ONCE:
        run(bulk_id=bulk_id, actor=actor, at=at)
    edit.refresh_from_db()
    return edit


def run(*, bulk_id: str, actor: Actor, at: datetime, clock: Callable[[], datetime] | None = None) -> None:
    """Take back the rows not taken back yet, chunk by chunk; safe to run again after a crash."""
    edit = BulkEdit.objects.get(public_id=bulk_id)
    info = catalogue().by_id[edit.type_id]
    while edit.state == "undoing":
        with transaction.atomic():
            rows = list(
                BulkRow.objects.filter(bulk=edit, event_id__isnull=False, record_id__gt=edit.last_pk)
                .order_by("record_id")[:CHUNK]
            )  # fmt: skip
            if not rows:
                if BulkEdit.objects.filter(pk=edit.pk, state="undoing").update(state="undone"):
                    edit.refresh_from_db()
                    record(
                        kind=events.BULK_UNDONE, subject=Subject("crm.bulk", edit.public_id), actor=actor, at=at,
                        data={"undone": edit.undone, "skipped": edit.skipped},
                    )  # fmt: skip
                return
            _chunk(edit, info, rows, actor, clock() if clock else at)
        edit.refresh_from_db()


def _chunk(edit: BulkEdit, info: TypeInfo, rows: Sequence[BulkRow], actor: Actor, at: datetime) -> None:
    if edit.act == "edit":
        done = _restore_values(info, rows, actor, at)
    else:
        done = _move_back(edit, rows, actor, at)
    bulk.update(rows, ["error", "skipped"])
    skipped = sum(1 for row in rows if row.error or row.skipped)
    BulkEdit.objects.filter(pk=edit.pk).update(
        undone=F("undone") + done, skipped=F("skipped") + skipped, last_pk=rows[-1].record_id
    )


def _restore_values(info: TypeInfo, rows: Sequence[BulkRow], actor: Actor, at: datetime) -> int:
    seat = seat_of(actor)
    editable = editable_fields(seat, info)
    mine = selected(seat, info, None, level=seat.on(info.key).edit).filter(pk__in=[row.record_id for row in rows])
    found = {one.pk: one for one in mine.select_for_update(of=("self",))}
    before = _before([row.event_id or 0 for row in rows])
    later = _later(rows)
    done = 0
    for row in rows:
        one = found.get(row.record_id)
        if one is None:
            row.error = _("It is gone, or not yours to change any more.")
            continue
        since = later.get(row.record_id, {})
        kept = {key for key in before.get(row.record_id, {}) if since.get(key, 0) > (row.event_id or 0)}
        row.skipped = sorted(kept & ({*editable} | {*SYSTEM}))
        wanted = {key: old for key, old in before.get(row.record_id, {}).items() if key not in kept}
        draft = _draft(one, wanted, editable)
        try:
            with transaction.atomic():
                plan = writing.plan(info, draft, actor=actor, at=at)
                done += len(writing.write(info, [plan], seat=seat, actor=actor, at=at, source="undo"))
        except Problem as problem:
            row.error = (problem.detail or str(problem.title))[:300]
    return done


def _draft(one: Record, wanted: Mapping[str, Any], editable: frozenset[str]) -> writing.Draft:
    return writing.Draft(
        {key: old for key, old in wanted.items() if key in editable}, record=one,
        owner_id=wanted["owner"] or "" if "owner" in wanted else None,
        record_type=wanted["record_type"] or "" if "record_type" in wanted else None,
    )  # fmt: skip


def _before(numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the fields of each record were before these events."""
    found: dict[int, dict[str, Any]] = {}
    for change in Change.objects.filter(event_id__in=numbers):
        found.setdefault(change.record_id, {})[change.key] = change.before
    return found


def _later(rows: Sequence[BulkRow]) -> dict[int, dict[str, int]]:
    """The last event that changed each field of each record."""
    found: dict[int, dict[str, int]] = {}
    for pk, key, event in Change.objects.filter(record__in=[row.record_id for row in rows]).values_list(
        "record_id", "key", "event_id"
    ):
        one = found.setdefault(pk, {})
        one[key] = max(one.get(key, 0), event)
    return found


def _move_back(edit: BulkEdit, rows: Sequence[BulkRow], actor: Actor, at: datetime) -> int:
    done = 0
    ids = dict(Record.objects.filter(pk__in=[row.record_id for row in rows]).values_list("pk", "public_id"))
    back = (
        one_by_one.restore_records
        if edit.act == "delete"
        else lambda **given: one_by_one.delete_records(**given, source="undo")
    )
    try:
        with transaction.atomic():
            return back(record_ids=list(ids.values()), actor=actor, at=at)
    except Problem:
        pass  # one of them is refused: each is tried alone
    for row in rows:
        try:
            with transaction.atomic():
                done += back(record_ids=[ids.get(row.record_id, "")], actor=actor, at=at)
        except Problem as problem:
            row.error = (problem.detail or str(problem.title))[:300]
    return done
