"""The form of a record, made of its type's fields: one control a field, what was typed kept as it was typed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo
from fairboard.crm.queries.access import SeatInfo, editable_fields, visible_fields
from fairboard.crm.queries.layouts import Section, sections_of
from fairboard.crm.queries.picking import Found
from fairboard.crm.queries.records import RecordRow
from fairboard.crm.values import shown

MOST_RADIOS = 4
Typed = str | list[str]
INPUTS = {"date": "date", "time": "time", "datetime": "datetime-local", "link": "url", "email": "email",
          "phone": "tel"}  # fmt: skip


@dataclass(slots=True)
class Control:
    """A field of the form. ``kind`` names its look; ``values`` are what is typed or chosen, as texts.

    ``picked`` are the records a relation holds and ``found`` those a search gave; ``theirs`` is what somebody else
    wrote while this was being typed.
    """

    key: str
    label: str
    kind: str
    values: list[str] = field(default_factory=list)
    input: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    help: str = ""
    unit: str = ""
    max_length: int = 200
    is_many: bool = False
    picked: Sequence[Found] = ()
    found: Sequence[Found] = ()
    sought: str = ""
    is_sought: bool = False
    text: str = ""
    error: str = ""
    candidates: Sequence[tuple[str, str]] = ()
    theirs: str | None = None

    @property
    def value(self) -> str:
        """The only value."""
        return self.values[0] if self.values else ""


def form_sections(
    seat: SeatInfo, info: TypeInfo, *, record_type: str, is_new: bool
) -> list[tuple[str, list[tuple[FieldInfo, bool]]]]:
    """Sections of fields, each with whether it can be written; a needed field that no section has comes last."""
    editable = editable_fields(seat, info)
    parts = sections_of(info, record_type=record_type, profile=seat.profile, visible=visible_fields(seat, info))
    found = []
    for part in parts:
        fields = [(one, one.key in editable) for one in part.fields if one.key in editable or _is_told(one, is_new)]
        if fields:
            found.append((part.title, fields))
    if left := _needed(info, parts, editable):
        found.append((_("Also needed"), [(one, True) for one in left]))
    return found


def _is_told(one: FieldInfo, is_new: bool) -> bool:
    return one.is_written and not is_new


def _needed(info: TypeInfo, parts: Sequence[Section], editable: Collection[str]) -> list[FieldInfo]:
    placed = {one.key for part in parts for one in part.fields}
    return [one for key, one in info.fields.items() if one.required and key in editable and key not in placed]


def typed_of(one: FieldInfo, value: Any) -> Typed:
    """A kept value as its control shows it."""
    if one.kind == "relation":
        ids = value if isinstance(value, list) else [value] if value else []
        return [str(each) for each in ids]
    if one.type == "multichoice":
        return [str(each) for each in value or ()]
    if value is None:
        return ""
    if one.type == "datetime":
        return str(value)[:16]
    if one.type == "yesno":
        return "yes" if value else "no"
    return str(value)


def typed_values(row: RecordRow, fields: Mapping[str, FieldInfo]) -> dict[str, Typed]:
    """What the controls of a record show before anything is typed."""
    return {key: typed_of(one, row.values.get(key)) for key, one in fields.items()}


def read(post: QueryDict, fields: Mapping[str, FieldInfo]) -> dict[str, Typed]:
    """What was typed, by field key; a field that was not on the form is missing."""
    shown_keys = set(post.get("_fields", "").split(","))
    found: dict[str, Typed] = {}
    for key, one in fields.items():
        if key not in shown_keys:
            continue
        if one.kind == "relation" or one.type == "multichoice":
            found[key] = [each for each in post.getlist(key) if each]
        else:
            found[key] = post.get(key, "")
    return found


def as_values(typed: Mapping[str, Typed], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """What a service is given: one id for a relation that holds one, lists as they are."""
    found: dict[str, Any] = {}
    for key, value in typed.items():
        one = fields[key]
        found[key] = (value[0] if value else None) if isinstance(value, list) and _is_single(one) else value
    return found


def _is_single(one: FieldInfo) -> bool:
    return one.kind == "relation" and not one.is_many


def control(
    one: FieldInfo, typed: Typed, *, allowed: Collection[str] | None = None, picked: Sequence[Found] = (),
    error: str = "",
) -> Control:  # fmt: skip
    """The control of a field with what is typed in it; ``allowed`` narrows its choices, for a record type."""
    values = list(typed) if isinstance(typed, list) else [typed] if typed else []
    choices = [
        (each.key, each.label) for each in one.spec.choices
        if allowed is None or each.key in allowed or each.key in values
    ]  # fmt: skip
    made = Control(
        one.key, one.label, one.type, values, choices=choices, required=one.required, help=one.spec.help,
        unit=one.spec.unit, max_length=one.spec.max_length, is_many=one.is_many, picked=picked, error=error,
    )  # fmt: skip
    if one.kind == "relation":
        made.kind = "relation"
    elif one.type == "choice":
        made.kind = "radios" if len(choices) <= MOST_RADIOS else "select"
    elif one.type in INPUTS:
        made.kind, made.input = "input", INPUTS[one.type]
        if one.type == "datetime":
            made.unit = "UTC"
    elif one.type == "money":
        made.kind, made.unit = "number", one.spec.unit or settings.CURRENCY
    return made


def told(one: FieldInfo, text: str) -> Control:
    """A field that is shown and cannot be written here."""
    return Control(one.key, one.label, "told", text=text, help=one.spec.help)


def text_of(one: FieldInfo, value: Any, names: Mapping[str, str]) -> str:
    """A kept value as people read it."""
    if one.kind == "relation" and value:
        ids = value if isinstance(value, list) else [value]
        return ", ".join(names.get(str(each), str(each)) for each in ids)
    return shown(one, value)
