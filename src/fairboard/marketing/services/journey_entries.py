"""How people come into journeys: by a segment, a form, a new record, a changed field, an event, by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.queries import plain
from fairboard.crm.queries.records import records_by_id
from fairboard.kit.actors import Actor
from fairboard.ledger.services import Entry, Subject, record_many
from fairboard.marketing import events, graph
from fairboard.marketing.models import Journey, JourneyRun, Segment

MACHINE = Actor.system("journeys")
CHUNK = 500
MOST_EVENTS = 2_000


def enter(*, journey: Journey, pks: Sequence[int], source: str, at: datetime) -> int:
    """Put records (rows) on the live version of a journey; returns how many came in.

    Left out are those of another type, those who are on it, and those who were unless the journey takes people again
    after so many days. The database keeps two runs of one person apart whoever else lets them in.
    """
    version = journey.live
    if version is None or journey.state != "live":
        return 0
    days = version.content.get("reentry_days")
    begin = graph.first(version.content["steps"])
    came = 0
    for start in range(0, len(pks), CHUNK):
        part = list(pks[start : start + CHUNK])
        names = plain.ids_of(part, journey.type_key)
        rounds = _rounds(journey.pk, list(names), days, at)
        made = [
            JourneyRun(
                journey=journey, version=version, record_id=pk, round=rounds[pk], step=begin, due_at=at, entered_at=at,
                source=source[:80],
            )
            for pk in names if pk in rounds
        ]  # fmt: skip
        if not made:
            continue
        with transaction.atomic():
            JourneyRun.objects.bulk_create(made, ignore_conflicts=True)
            ids = {one.public_id for one in made}
            kept = JourneyRun.objects.filter(public_id__in=ids).values_list("record_id", flat=True)
            record_many(
                entries=[
                    Entry(
                        events.RUN_ENTERED, Subject(f"crm.{journey.type_key}", names[pk]),
                        {"journey": journey.public_id, "version": version.number},
                    )
                    for pk in kept
                ],
                actor=MACHINE, at=at,
            ) if kept else None  # fmt: skip
            came += len(kept)
    return came


def _rounds(journey: int, pks: Sequence[int], days: int | None, at: datetime) -> dict[int, int]:
    """The number of the time each of them may come in for now; who may not is left out."""
    found = dict.fromkeys(pks, 0)
    for pk, round_, state, entered in JourneyRun.objects.filter(journey_id=journey, record_id__in=pks).values_list(
        "record_id", "round", "state", "entered_at"
    ):
        if state == "waiting" or days is None or entered > at - timedelta(days=days):
            found[pk] = -1
        elif found[pk] >= 0:
            found[pk] = max(found[pk], round_ + 1)
    return {pk: round_ for pk, round_ in found.items() if round_ >= 0}


def readable_pks(*, actor: Actor, type_key: str, record_ids: Sequence[str]) -> list[int]:
    """The rows of those of the records that the actor may see and that are of the type."""
    found = records_by_id(actor=actor, ids=[one.strip() for one in record_ids if one.strip()])
    return [row.pk for row in found.values() if row.type_key == type_key]


def _live(kind: str, **more: Any) -> list[Journey]:
    found = Journey.objects.filter(state="live", live__content__entry__kind=kind, **more).select_related("live")
    return list(found)


def on_segment(segment: Segment, entered: Sequence[int], left: Sequence[int], at: datetime) -> None:
    """Who comes into a segment comes into the journeys that begin with it; who leaves it may have to leave them."""
    for one in _live("segment", type_key=segment.type_key):
        if one.live and one.live.content["entry"].get("segment") == segment.public_id and entered:
            enter(journey=one, pks=entered, source=f"segment {segment.public_id}", at=at)
    if left:
        nudge(list(left), at)


def on_form(*, form_id: str, pk: int, at: datetime) -> None:
    """Who filled in a form comes into the journeys that begin with it."""
    for one in _live("form"):
        if one.live and one.live.content["entry"].get("form") == form_id:
            enter(journey=one, pks=[pk], source=f"form {form_id}", at=at)


def on_written(batch: Batch) -> None:
    """Journeys that begin with a new record or a changed field; who is on one is looked at again after a change."""
    if batch.type.key == "mail":
        _answered(batch)
        return
    if batch.type.key not in {"contact", "lead", "account"}:
        return
    for one in Journey.objects.filter(state="live", type_key=batch.type.key).select_related("live"):
        entry = one.live.content["entry"] if one.live else {}
        pks = [row.record.pk for row in batch.rows if _begins(entry, row)]
        if pks:
            enter(journey=one, pks=pks, source=str(entry["kind"]), at=batch.at)
    if batch.source != "journey":
        nudge([row.record.pk for row in batch.rows], batch.at)


def _begins(entry: dict[str, Any], row: Any) -> bool:
    kind = entry.get("kind")
    if kind == "created":
        return bool(row.is_new)
    if kind != "field" or entry.get("field") not in row.changed:
        return False
    wanted = str(entry.get("value") or "")
    value = row.after.get(entry["field"])
    said = {True: "yes", False: "no", None: ""}.get(value, str(value)) if not isinstance(value, list) else ""
    return not wanted or said == wanted or (isinstance(value, list) and wanted in value)


def _answered(batch: Batch) -> None:
    """Somebody wrote to us: whoever the mail is about is looked at at once."""
    pks = [row.record.pk for row in batch.rows if row.is_new and row.after.get("direction") == "in"]
    if pks:
        nudge(plain.targets(pks), batch.at)


def nudge(pks: Sequence[int], at: datetime) -> None:
    """Have the runs of these records looked at as soon as the transaction is over; nothing is locked in it."""
    if not pks or not Journey.objects.filter(state="live").exists():
        return

    def look() -> None:
        for start in range(0, len(pks), CHUNK):
            JourneyRun.objects.filter(
                record_id__in=pks[start : start + CHUNK], state="waiting", journey__state="live", is_nudged=False
            ).update(is_nudged=True)

    transaction.on_commit(look, robust=True)


def follow_events(*, at: datetime) -> int:
    """Let people in for what newly happened on their timelines; returns how many came in."""
    came = 0
    for one in _live("event"):
        entry = one.live.content["entry"] if one.live else {}
        found = plain.entries_after(one.follows_from, MOST_EVENTS)
        if not found:
            continue
        pks = {record for _pk, kind, record in found if kind == entry.get("event")}
        if one.type_key != "account" and pks:
            pks |= _people_of(pks, one.type_key)
        with transaction.atomic():
            came += enter(journey=one, pks=sorted(pks), source=f"event {entry.get('event')}", at=at)
            Journey.objects.filter(pk=one.pk, follows_from=one.follows_from).update(follows_from=found[-1][0])
    return came


def _people_of(accounts: set[int], type_key: str) -> set[int]:
    field = catalogue().type(type_key).fields.get("account")
    if field is None:
        return set()
    return {one for found in plain.sources(field.id, accounts).values() for one in found}
