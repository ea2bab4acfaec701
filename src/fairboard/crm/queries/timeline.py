"""The timeline of a record: what the ledger holds of it, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import Change, TimelineEntry
from fairboard.crm.queries.access import seat_of, visible_fields
from fairboard.crm.queries.records import record, records_by_id
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.ledger.kinds import hidden_from
from fairboard.ledger.queries import events_by_number


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as people read it."""

    label: str
    before: str
    after: str


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


def timeline(
    *, actor: Actor, record_id: str, kinds: Sequence[str] = (), text: str = "", cursor: str = "", size: int = 50
) -> Page[TimelineRow]:
    """A page of a record's timeline, of some kinds, holding some text. Raises NotFound, Forbidden."""
    row = record(actor=actor, record_id=record_id)
    found = TimelineEntry.objects.filter(record_id=row.pk).order_by("-event_id")
    if kinds:
        found = found.filter(kind__in=kinds)
    if hidden := hidden_from(actor):
        found = found.exclude(kind__in=hidden)
    if text.strip():
        found = found.filter(text__icontains=text.strip()[:100])
    if cursor:
        (before,) = decode_cursor(cursor, [int])
        found = found.filter(event_id__lt=before)
    entries = list(found[: size + 1])
    more = encode_cursor(entries[size - 1].event_id) if len(entries) > size else ""
    return Page(_rows(entries[:size], actor, record_id), next_cursor=more)


def kinds_on(*, actor: Actor, record_id: str) -> list[str]:
    """The kinds of event a record's timeline holds, for its filter."""
    row = record(actor=actor, record_id=record_id)
    found = TimelineEntry.objects.filter(record_id=row.pk).order_by("kind").values_list("kind", flat=True).distinct()
    hidden = set(hidden_from(actor))
    return [one for one in found if one not in hidden]


def _rows(entries: Sequence[TimelineEntry], actor: Actor, record_id: str) -> list[TimelineRow]:
    told = events_by_number([one.event_id for one in entries])
    sources = records_by_id(actor=actor, ids={one.source_id for one in entries if ":" in one.kind} - {record_id})
    changes = _changes([one.event_id for one in entries], actor)
    rows = []
    for one in entries:
        event = told.get(one.event_id)
        kind, _colon, type_key = one.kind.partition(":")
        is_own = one.source_id == record_id
        if event is None or (type_key and not is_own and one.source_id not in sources):
            continue  # a record whoever asks may not see
        rows.append(
            TimelineRow(
                one.event_id, kind, type_key, one.at, event.actor_id, event.actor_name, one.text,
                "" if is_own else one.source_id, sources[one.source_id].name if one.source_id in sources else "",
                event.data, changes.get((one.event_id, one.source_id), ()),
            )
        )  # fmt: skip
    return rows


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
