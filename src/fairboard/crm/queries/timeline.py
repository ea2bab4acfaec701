"""The timeline of a record: what the ledger holds of it, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Change, TimelineEntry
from fairboard.crm.queries.access import seat_of, visible_fields
from fairboard.crm.queries.merging import merged_ids
from fairboard.crm.queries.records import RecordRow, record, records_by_id
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Invalid
from fairboard.ledger.kinds import hidden_from
from fairboard.ledger.queries import events_by_number


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as people read it."""

    label: str
    before: str
    after: str


WRITTEN = {"mail": "body", "note": "text", "call": "description", "meeting": "description", "task": "description"}
"""By type, the field that holds what people wrote to each other or down."""
EXCERPT = 400


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """An event on a timeline. ``kind`` may end in ``:type``; ``source`` is another record it came from."""

    number: int
    kind: str
    type_key: str
    at: datetime
    actor_id: str
    actor_name: str
    text: str
    source_id: str
    source_name: str
    data: dict[str, object]
    changes: tuple[FieldChange, ...] = ()
    excerpt: str = ""
    """How what was written begins, for a mail, a note, a call or a meeting."""
    is_incoming: bool | None = None
    """For a mail or a call whether it came to us."""


def timeline(
    *, actor: Actor, record_id: str, kinds: Sequence[str] = (), text: str = "", cursor: str = "", size: int = 50
) -> Page[TimelineRow]:
    """A page of a record's timeline, of some kinds, holding some text. Raises NotFound, Forbidden."""
    row = record(actor=actor, record_id=record_id)
    found = TimelineEntry.objects.filter(record_id=row.pk).order_by("-at", "-event_id")
    if kinds:
        found = found.filter(kind__in=kinds)
    if hidden := hidden_from(actor):
        found = found.exclude(kind__in=hidden)
    if text.strip():
        found = found.filter(text__icontains=text.strip()[:100])
    if cursor:
        moment, number = decode_cursor(cursor, [str, int])
        at = _moment(str(moment))
        found = found.filter(at__lte=at).exclude(at=at, event_id__gte=number)
    entries = list(found[: size + 1])
    more = encode_cursor(entries[size - 1].at.isoformat(), entries[size - 1].event_id) if len(entries) > size else ""
    return Page(_rows(entries[:size], actor, record_id), next_cursor=more)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("This page address is not complete. Start from the first page."), field="cursor") from error


def kinds_on(*, actor: Actor, record_id: str) -> list[str]:
    """The kinds of event a record's timeline holds, for its filter."""
    row = record(actor=actor, record_id=record_id)
    found = TimelineEntry.objects.filter(record_id=row.pk).order_by("kind").values_list("kind", flat=True).distinct()
    hidden = set(hidden_from(actor))
    return [one for one in found if one not in hidden]


def _rows(entries: Sequence[TimelineEntry], actor: Actor, record_id: str) -> list[TimelineRow]:
    told, ours = events_by_number([one.event_id for one in entries]), {record_id, *merged_ids(record_id)}
    sources = records_by_id(actor=actor, ids={one.source_id for one in entries if ":" in one.kind} - ours)
    changes = _changes([one.event_id for one in entries], actor)
    rows = []
    for one in entries:
        event = told.get(one.event_id)
        kind, _colon, type_key = one.kind.partition(":")
        is_own = one.source_id in ours
        if event is None or (type_key and not is_own and one.source_id not in sources):
            continue  # a record whoever asks may not see
        rows.append(
            TimelineRow(
                one.event_id, kind, type_key, one.at, event.actor_id, event.actor_name, one.text,
                "" if is_own else one.source_id, sources[one.source_id].name if one.source_id in sources else "",
                event.data, changes.get((one.event_id, record_id if is_own else one.source_id), ()),
                *_said(sources.get(one.source_id), kind),
            )
        )  # fmt: skip
    return rows


def _said(source: RecordRow | None, kind: str) -> tuple[str, bool | None]:
    """How what was written begins, and whether it came to us: said where it is new."""
    if source is None or kind != events.CREATED or source.type_key not in WRITTEN:
        return "", None
    text = " ".join(str(source.values.get(WRITTEN[source.type_key]) or "").split())
    direction = source.values.get("direction")
    return text[:EXCERPT] + ("…" if len(text) > EXCERPT else ""), direction == "in" if direction else None


def _changes(numbers: Sequence[int], actor: Actor) -> dict[tuple[int, str], tuple[FieldChange, ...]]:
    seat, known = seat_of(actor), catalogue().by_id
    found: dict[tuple[int, str], list[FieldChange]] = {}
    for one in Change.objects.filter(event_id__in=numbers).select_related("record").order_by("pk"):
        info = known.get(one.record.type_id)
        if info is None or one.key not in visible_fields(seat, info):
            continue
        field = info.fields[one.key]
        change = FieldChange(field.label, shown(field, one.before), shown(field, one.after))
        found.setdefault((one.event_id, one.record.public_id), []).append(change)
    return {key: tuple(rows) for key, rows in found.items()}
