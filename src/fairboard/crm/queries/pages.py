"""What stands on a record's page: its sections, key figures, stage, activities, and what points to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.models import Link, Record
from fairboard.crm.queries import colleagues
from fairboard.crm.queries.access import SeatInfo, visible_fields
from fairboard.crm.queries.layouts import sections_of
from fairboard.crm.queries.records import RecordRow, names_of, record_row, selected
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor

ACTIVITIES = ("task", "call", "meeting", "note", "file", "mail")
KEY_FIGURES: dict[str, tuple[str, ...]] = {
    "account": ("ads_live", "spend_90", "open_deals", "won_amount"),
    "contact": ("account", "email", "phone", "mobile"),
    "lead": ("status", "rating", "score", "source"),
    "deal": ("amount", "probability", "expected", "close_date"),
    "quote": ("status", "total", "discount", "valid_until"),
    "invoice": ("status", "amount", "issued_on", "due_on"),
    "campaign": ("status", "members", "responses", "won_amount"),
    "task": ("status", "priority", "due_on", "due_time"),
}
MOST_RELATED, MOST_COLUMNS, MOST_ACTIVITIES = 6, 3, 25


@dataclass(frozen=True, slots=True)
class Fact:
    """One value on a page. ``links`` are the records a relation holds, as (type key, id, name); ``text`` the rest."""

    key: str
    label: str
    type: str
    text: str
    help: str = ""
    links: tuple[tuple[str, str, str], ...] = ()
    is_worked_out: bool = False


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Records of a type that point here by a field: the newest few, how many there are, and their columns."""

    type: TypeInfo
    field: FieldInfo
    count: int
    columns: tuple[FieldInfo, ...]
    rows: tuple[tuple[RecordRow, tuple[Fact, ...]], ...]
    may_add: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """A task, call, meeting, note, mail or file about a record."""

    row: RecordRow
    type: TypeInfo
    owner: str
    text: str
    facts: tuple[Fact, ...]
    at: datetime
    is_open: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


def facts_of(
    info: TypeInfo, fields: Iterable[FieldInfo], row: RecordRow, names: Mapping[str, tuple[str, str]]
) -> tuple[Fact, ...]:
    """The values of fields as a page shows them, empty ones with an empty text."""
    return tuple(_fact(one, row.values.get(one.key), names) for one in fields)


def _fact(one: FieldInfo, value: Any, names: Mapping[str, tuple[str, str]]) -> Fact:
    links: tuple[tuple[str, str, str], ...] = ()
    text = shown(one, value)
    if one.kind == "relation" and value:
        ids = value if isinstance(value, list) else [value]
        links = tuple((names[each][0], each, names[each][1]) for each in ids if each in names)
        text = "" if len(links) == len(ids) else _("a record you may not see")
    return Fact(one.key, one.label, one.type, text, one.spec.help, links, not one.is_written)


def named(actor: Actor, infos: Iterable[TypeInfo], rows: Iterable[RecordRow]) -> dict[str, tuple[str, str]]:
    """The type and name of every record that rows' relations hold and the actor may see, by id."""
    keys = {one.key for info in infos for one in info.relations}
    ids: set[str] = set()
    for row in rows:
        for key in keys & row.values.keys():
            value = row.values[key]
            ids.update(value if isinstance(value, list) else [value])
    if not ids:
        return {}
    kinds = dict(Record.objects.filter(public_id__in=ids).values_list("public_id", "type_id"))
    known = catalogue().by_id
    return {
        one: (known[kinds[one]].key, name or _("without a name"))
        for one, name in names_of(actor=actor, ids=ids).items()
    }


def sections(
    *, actor: Actor, seat: SeatInfo, info: TypeInfo, row: RecordRow, names: Mapping[str, tuple[str, str]]
) -> list[tuple[str, tuple[Fact, ...]]]:
    """The sections of a record's page with their values."""
    parts = sections_of(
        info, record_type=row.record_type, profile=seat.profile, visible=visible_fields(seat, info)
    )  # fmt: skip
    found = [
        (one.title, tuple(fact for fact in facts_of(info, one.fields, row, names) if not _is_bare(fact)))
        for one in parts
    ]  # fmt: skip
    return [(title, facts) for title, facts in found if facts]


def _is_bare(fact: Fact) -> bool:
    """Whether a fact has nothing to say: what the program works out and has not yet; people's own show as empty."""
    return fact.is_worked_out and not fact.text and not fact.links


def key_figures(
    seat: SeatInfo, info: TypeInfo, row: RecordRow, names: Mapping[str, tuple[str, str]]
) -> tuple[Fact, ...]:
    """At most four values that say most about a record."""
    seen = visible_fields(seat, info)
    wanted: tuple[str, ...] = KEY_FIGURES.get(info.key, ())
    if not wanted:
        wanted = tuple(
            key for key in seen
            if info.fields[key].type in {"money", "number", "date", "choice"} and key not in info.name_fields
        )  # fmt: skip
    found = [info.fields[key] for key in wanted if key in seen and row.values.get(key) is not None]
    return facts_of(info, found[:4], row, names)


def related_lists(*, actor: Actor, seat: SeatInfo, info: TypeInfo, row: RecordRow) -> list[RelatedList]:
    """What points to a record by each relation, but for activities; those that hold something come first."""
    counts = dict(
        Link.objects.filter(target_id=row.pk, source__deleted_at=None).values_list("field_id").annotate(n=Count("id"))
    )
    found = []
    for other, one in catalogue().pointing_to(info.key):
        if other.key in ACTIVITIES and one.key in {"about", "attendees"}:
            continue
        if seat.on(other.key).read == "none" or seat.fields.get(f"{other.key}.{one.key}") == "hidden":
            continue
        columns = list_columns(seat, other, without=one.key)
        rows: list[Record] = []
        if counts.get(one.id):
            sources = Link.objects.filter(target_id=row.pk, field_id=one.id).values("source_id")
            rows = list(selected(seat, other, None).filter(pk__in=sources).order_by("-pk")[:MOST_RELATED])
        found.append(_related(actor, seat, other, one, rows, columns, counts.get(one.id, 0)))
    return sorted(found, key=lambda each: not each.rows)


def _related(
    actor: Actor, seat: SeatInfo, info: TypeInfo, one: FieldInfo, rows: Sequence[Record],
    columns: tuple[FieldInfo, ...], count: int,
) -> RelatedList:  # fmt: skip
    seen = [record_row(each, seat, info) for each in rows]
    names = named(actor, [info], seen)
    filled = tuple((each, facts_of(info, columns, each, names)) for each in seen)
    shown_count = count if len(rows) == MOST_RELATED else len(rows)
    return RelatedList(info, one, shown_count, columns, filled, seat.on(info.key).create)


def list_columns(seat: SeatInfo, info: TypeInfo, *, without: str = "") -> tuple[FieldInfo, ...]:
    """The few fields that tell records of a type apart where there is little room."""
    good = ("choice", "money", "date", "email", "phone", "number", "datetime")
    keys = [
        key for key in visible_fields(seat, info)
        if key not in info.name_fields and key not in {without, "pipeline", "probability", "external_id"}
        and info.fields[key].type in good and info.fields[key].kind in {"value", "formula"}
    ]  # fmt: skip
    return tuple(info.fields[key] for key in keys[:MOST_COLUMNS])


def activities(
    *, actor: Actor, seat: SeatInfo, row: RecordRow, size: int = MOST_ACTIVITIES
) -> list[Activity]:  # fmt: skip
    """What was done and is to be done about a record, the newest first."""
    known = catalogue()
    fields = {
        one.id: key for key in ACTIVITIES if key in known.types and seat.on(key).read != "none"
        for one in known.types[key].relations if one.key in {"about", "attendees"}
    }  # fmt: skip
    links = Link.objects.filter(target_id=row.pk, field_id__in=fields).order_by("-source_id")
    wanted: dict[str, set[int]] = {}
    for field_id, source in links.values_list("field_id", "source_id")[: size * 2]:
        wanted.setdefault(fields[field_id], set()).add(source)
    rows = [
        record_row(one, seat, known.types[key])
        for key, pks in wanted.items() for one in selected(seat, known.types[key], None).filter(pk__in=pks)
    ]  # fmt: skip
    rows.sort(key=lambda one: one.pk, reverse=True)
    return as_activities(actor, seat, rows[:size])


def as_activities(actor: Actor, seat: SeatInfo, rows: Sequence[RecordRow]) -> list[Activity]:
    """Rows of activities as pages show them."""
    known = catalogue()
    owners = colleagues.names(one.owner_id for one in rows)
    names = named(actor, {known.types[one.type_key].key: known.types[one.type_key] for one in rows}.values(), rows)
    found = []
    for one in rows:
        info = known.types[one.type_key]
        text = str(one.values.get("text") or one.values.get("description") or one.values.get("body") or "")
        keys = [
            key for key in visible_fields(seat, info)
            if key in one.values and key not in {"text", "description", "body", "message_id", "storage", "mentions"}
            and key not in info.name_fields
        ]  # fmt: skip
        is_open = info.key == "task" and one.values.get("status", "open") == "open"
        facts = facts_of(info, [info.fields[key] for key in keys], one, names)
        found.append(
            Activity(one, info, owners.get(one.owner_id, ""), text, facts, one.created_at, is_open, one.values)
        )
    return found
