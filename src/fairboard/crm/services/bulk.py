"""Changing, deleting and restoring many records: in chunks, each row with its outcome, and undone from what was before.

A chunk of rows is one transaction. A row that is refused (by a validation, a guard, a unique value) is left as it was
with the reason beside it; the others of its chunk are written.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from fairboard.crm import events, values
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.models import BulkEdit, BulkRow, Record
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.records import check_permission, readable, selected
from fairboard.crm.services import records as one_by_one
from fairboard.crm.services import writing
from fairboard.crm.services.standing import refused
from fairboard.crm.standing import OnHold
from fairboard.filters import Node
from fairboard.kit import bulk, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, Problem
from fairboard.ledger.services import Subject, record
from fairboard.people import queries as people

CHUNK = 200
AT_ONCE = 200
"""Up to so many rows are changed while whoever asks waits; more are changed in the background."""
MOST = 1_000_000
RUN = tasks.expect("crm.bulk_run")
ACTS = {"edit": "edit", "delete": "delete", "restore": "delete"}
"""What may be done to many records, and the right it needs."""


def start(
    *, type_key: str, act: str, actor: Actor, at: datetime, ids: Sequence[str] = (), tree: Node | None = None,
    every: bool = False, given: Mapping[str, Any] | None = None, owner_id: str | None = None,
) -> BulkEdit:  # fmt: skip
    """Begin a change of the records named by ``ids``, or of all of a filter when ``every``; 200 are changed at once.

    Only rows the actor may change are taken; the others are not counted. Raises Forbidden, NotFound, Invalid.
    """
    seat, info = readable(actor, type_key)
    check_permission(actor, "bulk")
    if act not in ACTS:
        raise Invalid(_("Choose what is to be done."), field="act")
    given = dict(given or {})
    if act == "edit":
        check_change(seat, info, given, owner_id)
    rows = selection(seat, info, act, ids=ids, tree=tree, every=every)
    with transaction.atomic():
        edit = BulkEdit.objects.create(
            type_id=info.id, act=act, actor_id=actor.id, values=given, owner_id=owner_id, created_at=at
        )
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
        if not pks:
            raise Invalid(_("There is no record here that you may change."), field="ids")
        for begin in range(0, len(pks), 5_000):
            bulk.insert([BulkRow(bulk=edit, record_id=pk) for pk in pks[begin : begin + 5_000]])
        edit.total = len(pks)
        edit.save(update_fields=["total"])
        _say(edit, events.BULK_STARTED, actor, at, {"act": act, "type": info.key, "rows": edit.total})
        if edit.total > AT_ONCE:
            tasks.enqueue(RUN, bulk_id=edit.public_id)
    if edit.total <= AT_ONCE:
        run(bulk_id=edit.public_id, actor=actor, at=at)
        edit.refresh_from_db()
    return edit


def check_change(seat: SeatInfo, info: TypeInfo, given: Mapping[str, Any], owner_id: str | None) -> None:
    """Raise Invalid, naming every field, for values that no record could take."""
    if not given and owner_id is None:
        raise Invalid(_("Choose at least one field to change."), field="fields")
    values.parse(info, given, editable=editable_fields(seat, info)).check()
    if owner_id:
        people.member_pk(owner_id)


def selection(
    seat: SeatInfo, info: TypeInfo, act: str, *, ids: Sequence[str] = (), tree: Node | None = None, every: bool = False
) -> Any:
    """The records meant, of those the seat may change: a query set in no order."""
    level = getattr(seat.on(info.key), ACTS[act])
    if level == "none":
        raise Forbidden(_("You may not change %(type)s.") % {"type": info.plural})
    if act == "restore":
        binned = Record.objects.filter(type_id=info.id, deleted_at__isnull=False, public_id__in=list(ids))
        return binned if level == "all" else binned.filter(owner_id=seat.member_id)
    found = selected(seat, info, tree if every else None, level=level)
    return found if every else found.filter(public_id__in=list(dict.fromkeys(ids))[:10_000])


def run(*, bulk_id: str, actor: Actor, at: datetime, clock: Callable[[], datetime] | None = None) -> None:
    """Go through the rows that wait, chunk by chunk; safe to run again after a crash."""
    edit = BulkEdit.objects.select_related("type").get(public_id=bulk_id)
    info = catalogue().by_id[edit.type_id]
    BulkEdit.objects.filter(pk=edit.pk, state="waiting").update(state="running")
    while True:
        moment = clock() if clock else at
        with transaction.atomic():
            held: list[OnHold] = []
            rows = list(
                BulkRow.objects.select_for_update(of=("self",)).filter(bulk=edit, is_done=False)
                .order_by("record_id")[:CHUNK]
            )  # fmt: skip
            if rows:
                _chunk(edit, info, rows, actor, moment, held)
        for one in held:
            refused(one, actor=actor, at=moment, source="bulk")
        if not rows:
            break
    with transaction.atomic():
        if BulkEdit.objects.filter(pk=edit.pk, state__in=["waiting", "running"]).update(state="done", finished_at=at):
            edit.refresh_from_db()
            _say(edit, events.BULK_FINISHED, actor, at, {"changed": edit.changed, "failed": edit.failed})


def _chunk(
    edit: BulkEdit, info: TypeInfo, rows: Sequence[BulkRow], actor: Actor, at: datetime, held: list[OnHold]
) -> None:
    by_pk = {row.record_id: row for row in rows}
    if edit.act == "edit":
        work = _edits(edit, info, actor, at)
    else:
        work = _moves(edit, info, actor, at)
    _try(work, list(by_pk), by_pk, held)
    for row in rows:
        row.is_done = True
    bulk.update(rows, ["is_done", "event_id", "error"])
    changed = sum(1 for row in rows if row.event_id)
    failed = sum(1 for row in rows if row.error)
    BulkEdit.objects.filter(pk=edit.pk).update(
        changed=F("changed") + changed, failed=F("failed") + failed, last_pk=rows[-1].record_id,
        unchanged=F("unchanged") + len(rows) - changed - failed,
    )  # fmt: skip


Work = Callable[[list[int]], dict[int, int]]


def _try(work: Work, pks: list[int], rows: Mapping[int, BulkRow], held: list[OnHold]) -> None:
    """Do the work for all of them, or for each half when it is refused, until the one refused stands alone."""
    try:
        with transaction.atomic():
            numbers = work(pks)
    except Problem as problem:
        if len(pks) > 1:
            half = len(pks) // 2
            _try(work, pks[:half], rows, held)
            _try(work, pks[half:], rows, held)
            return
        rows[pks[0]].error = (problem.detail or str(problem.title))[:300]
        if isinstance(problem, OnHold):
            held.append(problem)
        return
    for pk, number in numbers.items():
        rows[pk].event_id = number


def _edits(edit: BulkEdit, info: TypeInfo, actor: Actor, at: datetime) -> Work:
    def work(pks: list[int]) -> dict[int, int]:
        seat = seat_of(actor)  # what somebody may do may have changed since they asked
        mine = selected(seat, info, None, level=seat.on(info.key).edit).filter(pk__in=pks)
        found = {row.pk: row for row in mine.select_for_update(of=("self",))}
        if len(found) != len(pks):
            raise Conflict(_("It is gone, or not yours to change any more."))
        plans = []
        for pk in pks:
            again = values.parse(info, edit.values, editable=editable_fields(seat, info), variant=found[pk].record_type)
            again.check()
            draft = writing.Draft(again.values, record=found[pk], owner_id=edit.owner_id)
            plans.append(writing.plan(info, draft, actor=actor, at=at))
        done = writing.write(info, plans, seat=seat, actor=actor, at=at, source="bulk")
        return {one.record.pk: one.event for one in done}

    return work


def _moves(edit: BulkEdit, info: TypeInfo, actor: Actor, at: datetime) -> Work:
    def work(pks: list[int]) -> dict[int, int]:
        ids = dict(Record.objects.filter(pk__in=pks).values_list("pk", "public_id"))
        if edit.act == "delete":
            one_by_one.delete_records(record_ids=list(ids.values()), actor=actor, at=at, source="bulk")
        else:
            one_by_one.restore_records(record_ids=list(ids.values()), actor=actor, at=at)
        return dict.fromkeys(ids, 1)  # which event it was does not matter: an undo moves them back

    return work


def _say(edit: BulkEdit, kind: str, actor: Actor, at: datetime, data: dict[str, Any]) -> None:
    record(kind=kind, subject=Subject("crm.bulk", edit.public_id), actor=actor, at=at, data=data)
