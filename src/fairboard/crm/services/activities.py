"""What people do about a record: tasks done by one click, notes that name colleagues."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import hooks
from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import Mention
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.records import RecordRow, record
from fairboard.crm.services.records import create_record, update_record
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid

LOGGED = ("note", "task", "call", "meeting")
TELL = tasks.expect("crm.tell_mentioned")
AT = re.compile(r"(?:^|(?<=[\s(,;]))@([^\s@,;.:!?()]+(?: [^\s@,;.:!?()]+)?)")
MOST_MENTIONS = 20


def log_activity(
    *, what: str, about: str, values: Mapping[str, Any], actor: Actor, at: datetime, owner_id: str | None = None
) -> RecordRow:  # fmt: skip
    """Write a note, task, call or meeting about a record. Raises NotFound, Forbidden, Invalid, what a guard raises."""
    if what not in LOGGED:
        raise Invalid(_("There is no such activity."), field="what")
    target = record(actor=actor, record_id=about)
    allowed = catalogue().type(what).field("about").targets
    if target.type_key not in allowed:
        raise Invalid(_("This cannot be written about such a record."), field="about")
    given = {**values, "about": about}
    if what == "task":
        given = {"status": "open", **given}
    if what == "call":
        given = {"at": at.isoformat(timespec="seconds"), **given}
    return create_record(type_key=what, values=given, actor=actor, at=at, owner_id=owner_id)


def finish_task(*, record_id: str, is_done: bool, actor: Actor, at: datetime) -> RecordRow:
    """Mark a task done, or open again. Raises NotFound, Forbidden, Conflict for what is not a task."""
    if record(actor=actor, record_id=record_id).type_key != "task":
        raise Conflict(_("This is not a task."))
    values = {
        "status": "done" if is_done else "open",
        "done_at": at.isoformat(timespec="seconds") if is_done else None,
    }
    return update_record(record_id=record_id, values=values, actor=actor, at=at)


def mentioned(text: str, names: Mapping[str, str]) -> list[str]:
    """The members a text names by ``@Name`` or ``@First Last``; ``names`` are those there are, by member id."""
    by_name: dict[str, str] = {}
    for member, name in names.items():
        by_name.setdefault(name.casefold(), member)
        by_name.setdefault(name.casefold().split(" ")[0], member)
    found = []
    for match in AT.finditer(text):
        whole = match[1].casefold()
        member = by_name.get(whole) or by_name.get(whole.split(" ")[0], "")
        if member and member not in found:
            found.append(member)
    return found[:MOST_MENTIONS]


@hooks.on_written
def note_mentions(batch: Batch) -> None:
    """Keep who is named in notes that were written, and have the new ones told by mail."""
    if batch.type.key != "note":
        return
    for row in batch.rows:
        text = str(row.after.get("text", ""))
        if "text" not in row.changed or "@" not in text:
            continue
        actor = batch.actor if batch.actor.kind == "member" else Actor.system("crm")
        named = mentioned(text, colleagues.colleagues(actor=actor))
        known = set(Mention.objects.filter(record=row.record).values_list("member_id", flat=True))
        fresh = [one for one in named if one not in known and one != batch.actor.id]
        Mention.objects.bulk_create([Mention(record=row.record, member_id=one, at=batch.at) for one in fresh])
        for one in fresh:
            tasks.enqueue(TELL, note_id=row.record.public_id, member_id=one)


def mention_seen(*, record_id: str, actor: Actor, at: datetime) -> None:
    """Note that the actor opened a note that names them, or the record it is about."""
    with transaction.atomic():
        Mention.objects.filter(record__public_id=record_id, member_id=actor.id, seen_at=None).update(seen_at=at)
