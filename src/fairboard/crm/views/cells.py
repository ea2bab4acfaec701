"""Values as a list shows them, and the controls they are changed with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries.records import RecordRow, names_of, records_by_id
from fairboard.crm.queries.search import search
from fairboard.crm.values import shown
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid
from fairboard.people import queries as people

TONES = {
    "won": "good", "paid": "good", "done": "good", "accepted": "good", "clear": "good", "customer": "good",
    "qualified": "good", "active": "good", "lost": "bad", "on_hold": "bad", "closed": "bad", "declined": "bad",
    "hot": "bad", "high": "bad", "under_review": "warn", "unverified": "warn", "warm": "warn", "expired": "warn",
    "former": "warn",
}  # fmt: skip
NUMBERS = {"number", "money"}


@dataclass(slots=True)
class Names:
    """What the relations and owners of a page of rows are called: two queries a page."""

    records: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)


def names_for(actor: Actor, info: TypeInfo, rows: Iterable[RecordRow], columns: Collection[str]) -> Names:
    """The names of everything these columns of these rows point to: type and name by id."""
    ids: set[str] = set()
    owners: set[str] = set()
    relations = [one for one in info.relations if one.key in columns]
    for row in rows:
        owners.add(row.owner_id)
        for one in relations:
            value = row.values.get(one.key)
            ids.update(value if isinstance(value, list) else [value] if value else [])
    found = records_by_id(actor=actor, ids=ids)
    return Names(
        {key: (row.type_key, row.name) for key, row in found.items()},
        people.names_of(owners - {""}) if owners - {""} else {},
    )


def cell(info: TypeInfo, key: str, row: RecordRow, names: Names) -> dict[str, Any]:
    """One value for a template: ``kind`` says how it is drawn, ``text`` what it says."""
    if key == "name":
        return {"kind": "name", "text": row.name or _("Without a name")}
    if key == "owner":
        return {"kind": "owner", "text": names.owners.get(row.owner_id, "") if row.owner_id else ""}
    if key in {"created", "updated"}:
        return {"kind": "ago", "value": row.created_at if key == "created" else row.updated_at}
    if key == "record_type":
        return {"kind": "text", "text": next((one.label for one in info.variants if one.key == row.record_type), "")}
    one = info.fields[key]
    return drawn(one, row.values.get(key), names)


def drawn(one: FieldInfo, value: Any, names: Names) -> dict[str, Any]:
    """A kept value of a field for a template."""
    if value is None or value == "":
        return {"kind": "empty", "text": ""}
    if one.kind == "relation":
        ids = value if isinstance(value, list) else [value]
        links = [
            {"type": names.records[key][0], "id": key, "text": names.records[key][1]}
            for key in ids
            if key in names.records
        ]
        return {"kind": "links", "links": links[:5], "more": max(0, len(links) - 5)}
    text = shown(one, value)
    if one.type == "choice":
        return {"kind": "choice", "text": text, "tone": TONES.get(str(value), "neutral")}
    if one.type == "multichoice":
        labels = {choice.key: choice.label for choice in one.spec.choices}
        return {"kind": "choices", "items": [labels.get(key, key) for key in value] if isinstance(value, list) else []}
    if one.type == "yesno":
        return {"kind": "yesno", "yes": bool(value), "text": text}
    if one.type == "date":
        return {"kind": "date", "value": _date(value), "text": text}
    if one.type == "datetime":
        return {"kind": "moment", "value": value, "text": text}
    if one.type in NUMBERS:
        return {"kind": "number", "text": text}
    if one.type == "email":
        return {"kind": "mail", "text": text}
    if one.type == "phone":
        return {"kind": "phone", "text": text}
    if one.type == "link":
        return {"kind": "link", "text": text.partition("://")[2].rstrip("/") or text, "href": text}
    return {"kind": "long" if one.type == "longtext" else "text", "text": text[:160]}


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def table(
    info: TypeInfo, rows: Sequence[RecordRow], columns: Sequence[str], names: Names, editable: Collection[str]
) -> list[dict[str, Any]]:
    """The rows of a table for its template."""
    return [
        {
            "id": row.id, "name": row.name or _("Without a name"), "type": row.type_key, "version": row.version,
            "cells": [
                {"key": key, "editable": key in editable, "num": is_number(info, key)} | cell(info, key, row, names)
                for key in columns
            ],
        }
        for row in rows
    ]  # fmt: skip


def is_number(info: TypeInfo, key: str) -> bool:
    """Whether a column stands to the right."""
    return key in info.fields and info.fields[key].type in NUMBERS and info.fields[key].kind != "relation"


def control(one: FieldInfo, value: Any, names: Names, *, typed: Sequence[str] | None = None) -> dict[str, Any]:
    """What a field is changed with: ``kind`` of input, its choices, and the value as text, or what was typed."""
    text = typed[0] if typed else _plain(one, value, names)
    shared = {"key": one.key, "label": one.label, "required": one.required, "value": text, "unit": one.spec.unit}
    if one.kind == "relation":
        return {**shared, "kind": "relation", "targets": ",".join(one.targets), "many": one.is_many}
    if one.type in {"choice", "multichoice"}:
        chosen = set(typed if typed is not None else value if isinstance(value, list) else [value])
        choices = [{"key": each.key, "label": each.label, "chosen": each.key in chosen} for each in one.spec.choices]
        return {**shared, "kind": one.type, "choices": choices}
    if one.type == "yesno":
        now = typed[0] if typed else {True: "yes", False: "no"}.get(value, "")
        return {**shared, "kind": "yesno", "value": now}
    kinds = {"longtext": "longtext", "date": "date", "time": "time", "email": "email", "link": "url", "phone": "tel"}
    return {**shared, "kind": "number" if one.type in NUMBERS else kinds.get(one.type, "text")}


def _plain(one: FieldInfo, value: Any, names: Names) -> str:
    if value is None:
        return ""
    if one.kind == "relation":
        ids = value if isinstance(value, list) else [value]
        return "; ".join(f"{names.records[key][1]} #{key}" if key in names.records else str(key) for key in ids)
    if one.type == "datetime" and isinstance(value, str):
        return value.replace("T", " ")[:16]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime) else str(value)


def typed_value(one: FieldInfo, given: Sequence[str], actor: Actor) -> Any:
    """What a form sent for a field as services take it: names of records become their ids; raises Invalid."""
    if one.kind == "relation":
        texts = [
            part.strip() for text in given for part in (text.split(";") if one.is_many else [text]) if part.strip()
        ]
        ids = [record_named(text, one.targets, actor, one.key) for text in texts]
        return ids if one.is_many else (ids[0] if ids else None)
    if one.type == "multichoice":
        return [text for text in given if text]
    return given[0] if given else None


def record_named(text: str, targets: Sequence[str], actor: Actor, key: str) -> str:
    """The id of the record somebody means by ``Name #id``, an id, or a name only one has; raises Invalid."""
    name, _hash, tail = text.rpartition("#")
    wanted = tail.strip() if name else text.strip()
    if names_of(actor=actor, ids=[wanted]):
        return wanted
    known = catalogue().types
    found = [
        one.id for target in targets if target in known
        for one in search(actor=actor, text=text, type_key=target, size=10) if one.name.casefold() == text.casefold()
    ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(
            _("Several records are called %(name)s. Choose one of the suggestions.") % {"name": text}, field=key
        )
    raise Invalid(_("There is no record called %(name)s.") % {"name": text}, field=key)
