"""Creating and editing records by a form made of their fields."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm import forms_records as forms
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.forms_records import Control, Typed
from fairboard.crm.queries import colleagues, picking
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.history import history
from fairboard.crm.queries.records import RecordRow, may, readable, record, records_by_id
from fairboard.crm.services.records import Stale, create_record, update_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@dataclass(slots=True)
class Draft:
    """A form while it is being filled in."""

    actor: Actor
    seat: SeatInfo
    info: TypeInfo
    fields: dict[str, FieldInfo]
    typed: dict[str, Typed]
    record_type: str
    owner: str
    row: RecordRow | None = None
    was: dict[str, Typed] = field(default_factory=dict)
    version: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    candidates: dict[str, list[str]] = field(default_factory=dict)
    theirs: dict[str, Typed] = field(default_factory=dict)
    by: str = ""
    sought: dict[str, str] = field(default_factory=dict)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, key: str) -> HttpResponse:
    """A new record; the address may fill fields in, name the record type and where to go afterwards."""
    actor = actor_of(request)
    seat, info = readable(actor, key)
    if not seat.on(key).create:
        raise Forbidden(_("You may not create %(type)s.") % {"type": info.plural})
    given = request.POST if request.method == "POST" else request.GET
    variant = given.get("record_type", "")
    if variant not in {one.key for one in info.variants}:
        variant = next((one.key for one in info.variants if one.is_default), "")
    fields = _fields(seat, info, variant, is_new=True)
    typed: dict[str, Typed] = {one: forms.typed_of(each, None) for one, each in fields.items()}
    draft = Draft(actor, seat, info, fields, typed, variant, given.get("owner", actor.id))
    if request.method == "GET":
        for name, one in fields.items():
            if name in request.GET:
                many = one.kind == "relation" or one.type == "multichoice"
                typed[name] = request.GET.getlist(name) if many else request.GET[name]
        return _answer(request, draft)
    typed.update(forms.read(request.POST, fields))
    if _asked_more(request, draft):
        return _answer(request, draft)
    try:
        values = forms.as_values({one: each for one, each in typed.items() if each}, fields)
        made = create_record(
            type_key=key, values=values, actor=actor, at=clock.now(), owner_id=draft.owner, record_type=variant
        )
    except (Invalid, Conflict) as problem:
        _note(draft, problem)
        return _answer(request, draft, status=problem.status)
    messages.success(request, _("%(name)s was created.") % {"name": made.name or info.label})
    if request.POST.get("op") == "again":
        return redirect(request.get_full_path())
    return redirect(_back(request) or reverse("crm:record", args=[key, made.id]))


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
    """Change a record. What somebody else changed meanwhile is shown beside what was typed."""
    actor = actor_of(request)
    row = record(actor=actor, record_id=record_id)
    seat, info = seat_of(actor), catalogue().type(row.type_key)
    if row.type_key != key:
        raise NotFound(_("There is no such record."))
    if not may(seat, info, row, "edit"):
        raise Forbidden(_("You may not change this record."))
    variant = request.POST.get("record_type", row.record_type)
    if variant not in {one.key for one in info.variants}:
        variant = row.record_type
    fields = _fields(seat, info, variant, is_new=False)
    now = forms.typed_values(row, fields)
    draft = Draft(
        actor, seat, info, fields, dict(now), variant, request.POST.get("owner", row.owner_id), row, now, row.version
    )
    if request.method == "GET":
        return _answer(request, draft)
    draft.was = {**now, **_was(request, fields)}
    draft.typed.update(forms.read(request.POST, fields))
    draft.version = _number(request.POST.get("_version", ""), row.version)
    if _asked_more(request, draft):
        return _answer(request, draft)
    if draft.version != row.version:
        _bring_together(draft, now)
        if draft.theirs:
            return _answer(request, draft, status=409)
    try:
        _save(draft, row)
    except Stale as problem:
        draft.errors["__all__"] = _("Somebody saved in this very moment. Please save again.")
        return _answer(request, draft, status=problem.status)
    except (Invalid, Conflict) as problem:
        _note(draft, problem)
        return _answer(request, draft, status=problem.status)
    messages.success(request, _("Saved."))
    return redirect(_back(request) or reverse("crm:record", args=[key, record_id]))


@permission_required("crm.use")
@require_GET
def pick(request: HttpRequest, key: str, field_key: str) -> HttpResponse:
    """Records a relation may hold, found by a part of their names: a fragment for the form."""
    actor = actor_of(request)
    _seat, info = readable(actor, key)
    one = info.field(field_key)
    if one.kind != "relation":
        raise NotFound
    text = request.GET.get("q", request.GET.get(f"_q.{field_key}", ""))
    made = forms.control(one, [])
    made.found, made.is_sought, made.sought = picking.found(actor=actor, relation=one, text=text), True, text
    return render(request, "crm/parts/picked.html", {"one": made})


def _fields(seat: SeatInfo, info: TypeInfo, variant: str, *, is_new: bool) -> dict[str, FieldInfo]:
    parts = forms.form_sections(seat, info, record_type=variant, is_new=is_new)
    return {one.key: one for _title, fields in parts for one, writable in fields if writable}


def _was(request: HttpRequest, fields: Mapping[str, FieldInfo]) -> dict[str, Typed]:
    """What the controls showed when the form was opened, which it carries along."""
    try:
        kept = json.loads(request.POST.get("_was", ""))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {
        key: [str(each) for each in value] if isinstance(value, list) else str(value)
        for key, value in kept.items() if key in fields and isinstance(value, str | list)
    }  # fmt: skip


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _asked_more(request: HttpRequest, draft: Draft) -> bool:
    """Whether the form was not sent to be saved but to look a record up, or for another record type."""
    op = request.POST.get("op", "save")
    for name, value in request.POST.items():
        if name.startswith("_q.") and isinstance(value, str):
            draft.sought[name.removeprefix("_q.")] = value
    if op.startswith("find:"):
        draft.sought = {op.removeprefix("find:"): draft.sought.get(op.removeprefix("find:"), "")}
        return True
    draft.sought = {}
    return op == "refresh"


def _bring_together(draft: Draft, now: Mapping[str, Typed]) -> None:
    """Take what others changed where nothing was typed; where both changed a value, keep both for the page."""
    for key, current in now.items():
        was, typed = draft.was.get(key, current), draft.typed.get(key, current)
        if current == was:
            continue
        if typed == was:
            draft.typed[key] = current
        elif typed != current:
            draft.theirs[key] = current
    if draft.theirs and draft.row:
        changes = history(actor=draft.actor, row=draft.row, size=1)
        draft.by = changes[0].by if changes else ""
    if draft.row:
        draft.was, draft.version = dict(now), draft.row.version


def _save(draft: Draft, row: RecordRow) -> None:
    changed = {key: value for key, value in draft.typed.items() if value != draft.was.get(key)}
    update_record(
        record_id=row.id, values=forms.as_values(changed, draft.fields), actor=draft.actor, at=clock.now(),
        expected_version=row.version, owner_id=draft.owner if draft.owner != row.owner_id else None,
        record_type=draft.record_type if draft.record_type != row.record_type else None,
    )  # fmt: skip


def _note(draft: Draft, problem: Invalid | Conflict) -> None:
    """Put what a service refused beside the fields it is about."""
    for one in problem.errors:
        key = one["field"] if one["field"] in draft.fields else "__all__"
        draft.errors.setdefault(key, one["message"])
    if not problem.errors:
        draft.errors["__all__"] = problem.detail
    candidates = problem.extra.get("candidates")
    if isinstance(candidates, list) and candidates:
        draft.candidates[problem.field if problem.field in draft.fields else "__all__"] = [
            str(each) for each in candidates
        ]


def _controls(draft: Draft) -> list[dict[str, Any]]:
    ids = {each for key, one in draft.fields.items() if one.kind == "relation" for each in draft.typed[key]}
    ids |= {each for found in draft.candidates.values() for each in found}
    ids |= {each for key, value in draft.theirs.items() if draft.fields[key].kind == "relation" for each in value}
    known = records_by_id(actor=draft.actor, ids=ids)
    names = {key: row.name for key, row in known.items()}
    allowed = next((one.choices for one in draft.info.variants if one.key == draft.record_type), {})
    found = []
    parts = forms.form_sections(
        draft.seat, draft.info, record_type=draft.record_type, is_new=draft.row is None
    )  # fmt: skip
    for title, fields in parts:
        made = [
            _control(draft, one, allowed, known, names) if writable
            else forms.told(one, forms.text_of(one, draft.row.values.get(one.key) if draft.row else None, names))
            for one, writable in fields
        ]  # fmt: skip
        found.append({"title": title, "controls": made})
    return found


def _control(
    draft: Draft, one: FieldInfo, allowed: Mapping[str, tuple[str, ...]], known: Mapping[str, RecordRow],
    names: Mapping[str, str],
) -> Control:  # fmt: skip
    typed = draft.typed[one.key]
    picked = [
        picking.Found(each, names.get(each, each), "", "") for each in (typed if one.kind == "relation" else ())
    ]  # fmt: skip
    made = forms.control(
        one, typed, allowed=allowed.get(one.key), picked=picked, error=draft.errors.get(one.key, "")
    )  # fmt: skip
    made.candidates = [
        (reverse("crm:record", args=[known[each].type_key, each]), names[each])
        for each in draft.candidates.get(one.key, ()) if each in known
    ]  # fmt: skip
    if one.key in draft.theirs:
        value: Any = draft.theirs[one.key]
        if one.kind == "relation":
            made.theirs = ", ".join(names.get(each, each) for each in value)
        elif draft.row is not None:
            made.theirs = forms.text_of(one, draft.row.values.get(one.key), names)
    if one.key in draft.sought:
        made.sought, made.is_sought = draft.sought[one.key], True
        made.found = picking.found(actor=draft.actor, relation=one, text=made.sought)
    return made


def _answer(request: HttpRequest, draft: Draft, *, status: int = 200) -> HttpResponse:
    info, row = draft.info, draft.row
    owners = dict(colleagues.colleagues(actor=draft.actor))
    if draft.owner and draft.owner not in owners:
        owners |= colleagues.names([draft.owner])
    shown = [key for key in draft.fields if key in editable_fields(draft.seat, info)]
    cancel = _back(request) or (
        reverse("crm:record", args=[info.key, row.id]) if row else reverse("crm:list", args=[info.key])
    )  # fmt: skip
    general = draft.errors.get("__all__", "")
    context = {
        "type": info, "record": row, "sections": _controls(draft), "record_type": draft.record_type,
        "owner": draft.owner, "owners": owners, "version": draft.version, "shown": ",".join(shown),
        "was": json.dumps(draft.was) if row else "",
        "cancel": cancel, "back": request.POST.get("back", request.GET.get("back", "")), "general": general,
        "has_errors": bool(draft.errors), "conflict": bool(draft.theirs), "by": draft.by,
        "general_candidates": _general(draft),
    }  # fmt: skip
    return render(request, "crm/form.html", context, status=status)


def _general(draft: Draft) -> list[tuple[str, str]]:
    ids = draft.candidates.get("__all__", [])
    known = records_by_id(actor=draft.actor, ids=ids)
    return [(reverse("crm:record", args=[known[one].type_key, one]), known[one].name) for one in ids if one in known]


def _back(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or empty."""
    asked = request.POST.get("back", request.GET.get("back", ""))
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""
