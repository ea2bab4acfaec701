"""Undoing a merge: every record is again what it was, but for what somebody changed since, which is named."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, hooks, merges
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.hooks import Batch, Written
from fairboard.crm.models import Change, DuplicatePair, Link, Merge, Merged, Record
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.records import check_permission, may
from fairboard.crm.services import rollups, values_back, writing
from fairboard.kit import bulk
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, NotFound
from fairboard.ledger.services import Entry, Subject, record_many


def undo(*, merge_id: str, actor: Actor, at: datetime) -> list[str]:
    """Undo a merge; returns the ids of records of which something was left, because it was changed since.

    Raises Forbidden, NotFound, and Conflict when a record of it was removed for good.
    """
    seat = check_permission(actor, "merge")
    with transaction.atomic():
        row = Merge.objects.select_for_update().filter(public_id=merge_id).first()
        info = catalogue().types.get(row.type_key) if row else None
        if row is None or info is None or not may(seat, info, row.survivor, "read"):
            raise NotFound(_("There is no such merge."))
        if not may(seat, info, row.survivor, "edit"):
            raise Forbidden(_("You may not change this record."))
        if row.undone_at is not None:
            raise Conflict(_("This merge was undone."))
        survivor = Record.objects.select_for_update().get(pk=row.survivor_id)
        losers = list(Record.objects.select_for_update().filter(public_id__in=row.before["losers"]))
        if survivor.deleted_at is not None or len(losers) != len(row.before["losers"]):
            raise Conflict(_("A record of this merge was removed since: it cannot be undone."))
        left = _survivor_back(row, info, survivor, actor, at)
        _losers_back(info, losers, actor, at)
        left += _sources_back(row, actor, at)
        _histories_back(row, survivor)
        pks = [one.pk for one in losers]
        DuplicatePair.objects.filter(
            first_id__in=[*pks, survivor.pk], second_id__in=[*pks, survivor.pk], state="merged"
        ).update(state="open")
        merges.back_all(survivor.pk, row.before.get("others", {}), at)
        row.undone_at = at
        row.save(update_fields=["undone_at"])
        if catalogue().rollups_over(info.key):
            targets = set(Link.objects.filter(source_id__in=pks).values_list("target_id", flat=True))
            rollups.refresh(info.key, targets, at=at)
        return left


def _changes(numbers: Sequence[int]) -> dict[int, dict[str, Change]]:
    found: dict[int, dict[str, Change]] = {}
    for change in Change.objects.filter(event_id__in=numbers):
        found.setdefault(change.record_id, {})[change.key] = change
    return found


def _survivor_back(row: Merge, info: TypeInfo, survivor: Record, actor: Actor, at: datetime) -> list[str]:
    entry = Entry(events.MERGE_UNDONE, writing.subject(info, survivor), {"merged": row.before["losers"]})
    changes = _changes(row.events["written"]).get(survivor.pk, {})
    planned, differs = values_back.planned(info, survivor, changes)
    done = writing.write(
        info, [planned], seat=SYSTEM_SEAT, actor=actor, at=at, source="undo", entry=entry, override=True
    )
    if not done:
        record_many(entries=[entry], actor=actor, at=at)
    return [survivor.public_id] if differs else []


def _losers_back(info: TypeInfo, losers: list[Record], actor: Actor, at: datetime) -> None:
    taken = [
        public_id
        for one in info.fields.values() if one.is_unique
        for _pk, public_id in writing.holders(
            info, one, [writing.folded(one, row.data[one.key]) for row in losers if one.key in row.data]
        ).values()
    ]  # fmt: skip
    if taken:
        raise writing.Duplicate(_("A value of these records is taken by another one now."), candidates=taken)
    for one in losers:
        one.deleted_at, one.version = None, one.version + 1
    bulk.update(losers, ["deleted_at", "version"])
    written = [Written(one, {}, dict(one.data), frozenset({"deleted"}), is_new=False) for one in losers]
    entries = [Entry(events.RESTORED, writing.subject(info, one), {"source": "merge"}) for one in losers]
    for row, number in zip(written, record_many(entries=entries, actor=actor, at=at), strict=True):
        row.event = number
    hooks.tell_listeners(Batch(info, written, actor, at, "undo", override=True))


def _sources_back(row: Merge, actor: Actor, at: datetime) -> list[str]:
    changes, left = _changes(row.events["moved"]), list[str]()
    by_type: dict[int, list[writing.Plan]] = {}
    pks = sorted(changes)
    for start in range(0, len(pks), 500):
        for source in Record.objects.select_for_update().filter(pk__in=pks[start : start + 500], deleted_at=None):
            info = catalogue().by_id[source.type_id]
            planned, differs = values_back.planned(info, source, changes[source.pk])
            if differs:
                left.append(source.public_id)
            if planned.written.changed:
                by_type.setdefault(source.type_id, []).append(planned)
    for type_id, plans in by_type.items():
        info = catalogue().by_id[type_id]
        entry = Entry(
            events.MERGE_MOVED, Subject("crm.merge", row.public_id), {"type": info.key, "records": len(plans)}
        )
        writing.write(info, plans, seat=SYSTEM_SEAT, actor=actor, at=at, source="undo", entry=entry, override=True)
    return left


def _histories_back(row: Merge, survivor: Record) -> None:
    by_record: dict[int, list[int]] = {}
    for pk, record_pk in row.before["histories"]:
        by_record.setdefault(record_pk, []).append(pk)
    for record_pk, pks in by_record.items():
        for start in range(0, len(pks), 500):
            Change.objects.filter(pk__in=pks[start : start + 500], record=survivor).update(record_id=record_pk)
    Merged.objects.filter(merge=row).delete()
    for pk, survivor_pk in row.before["older"]:
        Merged.objects.filter(pk=pk).update(survivor_id=survivor_pk)
