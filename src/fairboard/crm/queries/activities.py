"""One's own tasks, who named one, meetings for a calendar, and a file to be downloaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import CalendarFeed, Mention, Record
from fairboard.crm.queries import colleagues, pages
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.pages import Activity
from fairboard.crm.queries.records import RecordRow, record, records, schema_of
from fairboard.filters import parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound

MOST_TASKS = 200
MOST_MEETINGS = 1_000
CALENDAR_BACK, CALENDAR_AHEAD = timedelta(days=90), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class MyTasks:
    """One's open tasks: what is late, what is for today, what comes, what has no day; and those done last."""

    overdue: tuple[Activity, ...]
    today: tuple[Activity, ...]
    upcoming: tuple[Activity, ...]
    undated: tuple[Activity, ...]
    done: tuple[Activity, ...]


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A note that names the reader: what it says, who wrote it, and the record it is about."""

    note: RecordRow
    text: str
    by: str
    about_type: str
    about_id: str
    about_name: str
    at: datetime
    is_new: bool


def my_tasks(*, actor: Actor, owner_id: str, today: date) -> MyTasks:
    """The tasks of a member the actor may see, sorted by their day."""
    schema = schema_of(actor, "task")
    mine = {"field": "owner", "op": "eq", "value": owner_id}
    is_open = {
        "or": [{"field": "status", "op": "eq", "value": "open"}, {"field": "status", "op": "is_empty", "value": True}]
    }
    tree = validate(parse({"and": [mine, is_open]}), schema)
    rows = records(actor=actor, type_key="task", tree=tree, sort="due_on", size=MOST_TASKS).items
    over = validate(parse({"and": [mine, {"field": "status", "op": "eq", "value": "done"}]}), schema)
    done = records(actor=actor, type_key="task", tree=over, sort="-updated", size=10).items
    seat = seat_of(actor)
    shown = pages.as_activities(actor, seat, [*rows, *done])
    groups: dict[str, list[Activity]] = {"overdue": [], "today": [], "upcoming": [], "undated": [], "done": []}
    for one in shown:
        day = str(one.row.values.get("due_on", ""))
        if not one.is_open:
            groups["done"].append(one)
        elif not day:
            groups["undated"].append(one)
        else:
            name = "overdue" if day < today.isoformat() else "today" if day == today.isoformat() else "upcoming"
            groups[name].append(one)
    return MyTasks(**{name: tuple(found) for name, found in groups.items()})


def mentions(*, actor: Actor, size: int = 20) -> list[MentionRow]:
    """Notes that name the actor, the newest first; those of records they may not see are left out."""
    found = Mention.objects.filter(member_id=actor.id, record__deleted_at=None).order_by("-at", "-pk")
    rows = []
    for one in found.select_related("record")[:size]:
        try:
            note = record(actor=actor, record_id=one.record.public_id)
            about = record(actor=actor, record_id=str(note.values.get("about", "")))
        except NotFound:
            continue
        by = colleagues.names([note.owner_id]).get(note.owner_id, "")
        rows.append(
            MentionRow(
                note, str(note.values.get("text", "")), by, about.type_key, about.id, about.name, one.at,
                one.seen_at is None,
            )
        )  # fmt: skip
    return rows


def file_of(*, actor: Actor, record_id: str) -> tuple[RecordRow, IO[bytes]]:
    """A file's record and content; raises NotFound also when its record or what it is about may not be seen."""
    row = record(actor=actor, record_id=record_id)
    kept = Record.objects.filter(pk=row.pk).values_list("data__storage", flat=True).first()
    if row.type_key != "file" or not kept:
        raise NotFound(_("There is no such file."))
    about = row.values.get("about")
    if about:
        record(actor=actor, record_id=str(about))
    if not default_storage.exists(str(kept)):
        raise NotFound(_("This file is no longer kept."))
    return row, default_storage.open(str(kept))


def feed_owner(digest: str) -> str:
    """The member whose calendar a secret opens, by the SHA-256 of the secret; raises NotFound."""
    found = CalendarFeed.objects.filter(digest=digest).values_list("member_id", flat=True).first()
    if found is None:
        raise NotFound
    return found


def has_feed(*, actor: Actor) -> bool:
    """Whether the actor has a calendar address."""
    return CalendarFeed.objects.filter(member_id=actor.id).exists()


def meetings_of(*, actor: Actor, at: datetime) -> Sequence[RecordRow]:
    """The actor's own meetings from 90 days ago to a year ahead."""
    between = [(at - CALENDAR_BACK).isoformat(), (at + CALENDAR_AHEAD).isoformat()]
    given = {
        "and": [
            {"field": "owner", "op": "eq", "value": actor.id},
            {"field": "starts_at", "op": "between", "value": between},
        ]
    }
    tree = validate(parse(given), schema_of(actor, "meeting"))
    return records(actor=actor, type_key="meeting", tree=tree, sort="starts_at", size=MOST_MEETINGS).items


def about_of(row: RecordRow) -> str:
    """The type of the record an activity is about, empty for none."""
    found = Record.objects.filter(public_id=str(row.values.get("about", ""))).values_list("type_id", flat=True).first()
    info = catalogue().by_id.get(found or 0)
    return info.key if info else ""
