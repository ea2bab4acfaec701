"""Changing one value in a list without leaving it. Without JavaScript the pencil opens the record's form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm.catalogue import FieldInfo, catalogue
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.records import RecordRow, record
from fairboard.crm.services.records import update_record
from fairboard.crm.views.cells import Names, cell, control, is_number, names_for, typed_value
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.people import queries as people
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def edit_cell(request: HttpRequest, key: str, record_id: str, field: str) -> HttpResponse:
    """The control of one value, or with ``?show`` the value again; a POST saves it."""
    actor = actor_of(request)
    row = record(actor=actor, record_id=record_id)
    info, seat = catalogue().type(key), seat_of(actor)
    if row.type_key != key or (field != "owner" and field not in info.fields):
        raise NotFound
    if field != "owner" and field not in editable_fields(seat, info):
        raise Forbidden(_("You may not change %(label)s.") % {"label": info.fields[field].label})
    error, typed = "", None
    if request.method == "POST":
        typed = request.POST.getlist("value")
        try:
            row = _save(row, info.fields.get(field), typed, actor, int(request.POST.get("version") or 0) or None)
        except Problem as problem:
            error = next((one["message"] for one in problem.errors), "") or problem.detail or str(problem.title)
        except ValueError:
            error = _("This form is not complete. Please load the page again.")
        else:
            if not request.headers.get("HX-Request"):
                return redirect("crm:list", key=key)
            return _shown(request, actor, key, row, field)
    elif "show" in request.GET:
        return _shown(request, actor, key, row, field)
    names = names_for(actor, info, [row], {field})
    context = {"type": info, "row": row, "key": field, "error": error, "input": _control(row, field, names, typed)}
    return render(request, "crm/parts/cell_edit.html", context)


def _control(row: RecordRow, field: str, names: Names, typed: list[str] | None) -> dict[str, Any]:
    if field != "owner":
        return control(catalogue().type(row.type_key).fields[field], row.values.get(field), names, typed=typed)
    now = typed[0] if typed else row.owner_id
    choices = [{"key": key, "label": name, "chosen": key == now} for key, name in people.colleagues("crm.use").items()]
    return {"key": "owner", "label": _("Owner"), "kind": "choice", "choices": choices, "required": False, "value": now}


def _save(row: RecordRow, one: FieldInfo | None, typed: list[str], actor: Actor, version: int | None) -> RecordRow:
    if one is None:
        return update_record(
            record_id=row.id, values={}, owner_id=typed[0] if typed else "", actor=actor, at=clock.now(),
            expected_version=version, source="list",
        )  # fmt: skip
    value = typed_value(one, typed, actor)
    if one.required and not value:
        raise Invalid(_("%(label)s is needed.") % {"label": one.label}, field=one.key)
    return update_record(
        record_id=row.id, values={one.key: value}, actor=actor, at=clock.now(), expected_version=version, source="list"
    )


def _shown(request: HttpRequest, actor: Actor, key: str, row: RecordRow, field: str) -> HttpResponse:
    info = catalogue().type(key)
    names = names_for(actor, info, [row], {field})
    drawn = {"key": field, "editable": True, "num": is_number(info, field)} | cell(info, field, row, names)
    context = {"type": info, "row": {"id": row.id, "name": row.name}, "cell": drawn, "is_fresh": True}
    return render(request, "crm/parts/cell.html", context)
