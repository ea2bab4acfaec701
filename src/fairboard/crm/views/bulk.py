"""Changing many records: choose, preview, run, watch, undo; and the bin."""

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.queries import bulk as queries
from fairboard.crm.queries.access import SeatInfo, editable_fields, seat_of
from fairboard.crm.queries.records import check_permission, readable, record_row
from fairboard.crm.queries.views import tree_of
from fairboard.crm.services import bulk, undoing, writing
from fairboard.crm.services.records import IN_BIN
from fairboard.crm.values import parse
from fairboard.crm.views.cells import Names, cell, control, names_for, typed_value
from fairboard.filters import Node
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Invalid, Problem
from fairboard.people import queries as people
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

SAMPLE = 12


class _Chosen:
    """The records a form is about: some by id, or every one of a filter."""

    def __init__(self, request: HttpRequest, seat: SeatInfo, info: TypeInfo) -> None:
        given = request.POST or request.GET
        self.every = given.get("every") == "yes"
        self.ids: Sequence[str] = [] if self.every else given.getlist("ids")
        self.filter = given.get("filter", "")
        self.act = given.get("act") if given.get("act") in {"edit", "delete"} else "edit"
        self.tree: Node | None = None
        if self.every and self.filter:
            try:
                self.tree = tree_of(json.loads(self.filter), seat, info, at=clock.now())
            except (ValueError, RecursionError) as error:
                raise Invalid(_("This is not JSON."), field="filter") from error

    def rows(self, seat: SeatInfo, info: TypeInfo) -> Any:
        """Those of them the seat may change."""
        return bulk.selection(seat, info, str(self.act), ids=self.ids, tree=self.tree, every=self.every)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def change_many(request: HttpRequest, key: str) -> HttpResponse:
    """Choose fields for many records, see what would change, and do it."""
    actor = actor_of(request)
    seat, info = readable(actor, key)
    check_permission(actor, "bulk")
    step, problem, errors = request.POST.get("step", ""), "", {}
    chosen = _Chosen(request, seat, info)
    fields = [name for name in request.POST.getlist("fields") if name in editable_fields(seat, info) or name == "owner"]
    preview: dict[str, Any] = {}
    if step in {"preview", "run"}:
        try:
            given, owner_id = _given(request, info, fields, actor) if chosen.act == "edit" else ({}, None)
            if chosen.act == "edit":
                bulk.check_change(seat, info, given, owner_id)
            if step == "run":
                return _run(request, actor, key, chosen, given, owner_id)
            preview = _preview(actor, seat, info, chosen, given, owner_id)
        except Invalid as error:
            errors = {one["field"]: one["message"] for one in error.errors}
            problem = "" if set(errors) & set(fields) else error.detail
    count = chosen.rows(seat, info)[: bulk.MOST + 1].count()
    context = {
        "type": info, "chosen": chosen, "count": count, "preview": preview, "problem": problem, "errors": errors,
        "picked": fields, "controls": _controls(request, seat, info, fields), "step": step,
        "choices": _choices(seat, info, fields), "limit": bulk.AT_ONCE,
    }  # fmt: skip
    return render(request, "crm/bulk.html", context)


def _choices(seat: SeatInfo, info: TypeInfo, fields: Sequence[str]) -> list[dict[str, Any]]:
    editable = editable_fields(seat, info)
    found = [("owner", _("Owner")), *((one.key, one.label) for one in info.fields.values() if one.key in editable)]
    return [{"key": key, "label": label, "chosen": key in fields} for key, label in found]


def _controls(request: HttpRequest, seat: SeatInfo, info: TypeInfo, fields: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for key in fields:
        typed = request.POST.getlist(f"value.{key}")
        if key == "owner":
            now = typed[0] if typed else ""
            people_of = people.colleagues("crm.use")
            choices = [{"key": one, "label": name, "chosen": one == now} for one, name in people_of.items()]
            found.append({"key": "owner", "label": _("Owner"), "kind": "choice", "choices": choices, "value": now})
        else:
            found.append(control(info.fields[key], None, Names(), typed=typed or None))
    return found


def _given(
    request: HttpRequest, info: TypeInfo, fields: Sequence[str], actor: Actor
) -> tuple[dict[str, Any], str | None]:
    """The values typed for the fields chosen; an empty one empties the field."""
    given: dict[str, Any] = {}
    owner_id: str | None = None
    for key in fields:
        typed = request.POST.getlist(f"value.{key}")
        if key == "owner":
            owner_id = typed[0] if typed else ""
        else:
            given[key] = typed_value(info.fields[key], typed, actor)
    return given, owner_id


def _preview(
    actor: Actor, seat: SeatInfo, info: TypeInfo, chosen: _Chosen, given: dict[str, Any], owner_id: str | None
) -> dict[str, Any]:
    """The first rows before and after, with what would be refused: worked out, not written."""
    rows = list(chosen.rows(seat, info).order_by("pk")[:SAMPLE])
    shown = [record_row(row, seat, info) for row in rows]
    if chosen.act == "delete":
        return {"rows": [{"name": row.name, "id": row.id, "cells": []} for row in shown], "fields": []}
    keys = [*(["owner"] if owner_id is not None else []), *given]
    befores = {row.id: row for row in shown}
    afters, errors = {}, {}
    for row in rows:
        parsed = parse(info, given, editable=editable_fields(seat, info), variant=row.record_type)
        draft = writing.Draft(parsed.values, record=row, owner_id=owner_id)
        plan = writing.plan(info, draft, actor=actor, at=clock.now())
        afters[row.public_id] = record_row(plan.written.record, seat, info)
        errors[row.public_id] = next(iter((parsed.errors | plan.errors).values()), "")
    names = names_for(actor, info, [*shown, *afters.values()], keys)
    found = []
    for one in shown:
        cells = [
            {"before": cell(info, key, befores[one.id], names), "after": cell(info, key, afters[one.id], names)}
            for key in keys
        ]  # fmt: skip
        for each in cells:
            each["same"] = each["before"] == each["after"]  # type: ignore[assignment]
        found.append({"id": one.id, "name": one.name, "cells": cells, "error": errors[one.id]})
    labels = [_("Owner") if key == "owner" else info.fields[key].label for key in keys]
    return {"rows": found, "fields": labels}


def _run(
    request: HttpRequest, actor: Actor, key: str, chosen: _Chosen, given: dict[str, Any], owner_id: str | None
) -> HttpResponse:
    done = bulk.start(
        type_key=key, act=str(chosen.act), actor=actor, at=clock.now(), ids=chosen.ids, tree=chosen.tree,
        every=chosen.every, given=given, owner_id=owner_id,
    )  # fmt: skip
    return redirect("crm:bulk", bulk_id=done.public_id)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def bulk_edit(request: HttpRequest, bulk_id: str) -> HttpResponse:
    """How far a change of many records is; a POST takes it back."""
    actor = actor_of(request)
    if request.method == "POST":
        try:
            undoing.undo(bulk_id=bulk_id, actor=actor, at=clock.now())
        except Problem as problem:
            messages.error(request, problem.detail or str(problem.title))
        return redirect("crm:bulk", bulk_id=bulk_id)
    found = queries.bulk_info(actor=actor, bulk_id=bulk_id)
    info = catalogue().type(found.type_key)
    labels = [info.fields[key].label if key in info.fields else key for key in found.values]
    context = {"bulk": found, "type": info, "fields": labels + ([_("Owner")] if found.owner_id is not None else [])}
    part = "crm/parts/progress.html" if request.headers.get("HX-Request") else "crm/bulk_done.html"
    return render(request, part, context)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def bin_page(request: HttpRequest) -> HttpResponse:
    """What was deleted in the last 30 days; a POST takes records out of the bin."""
    actor, key = actor_of(request), request.GET.get("type", "")
    if request.method == "POST":
        try:
            found = bulk.start(
                type_key=request.POST.get("type", ""), act="restore", actor=actor, at=clock.now(),
                ids=request.POST.getlist("ids"),
            )  # fmt: skip
        except Problem as problem:
            messages.error(request, problem.detail or str(problem.title))
        else:
            if found.failed:
                return redirect("crm:bulk", bulk_id=found.public_id)
            messages.success(request, _("%(n)d records are back.") % {"n": found.changed})
        return redirect("crm:bin")
    page = queries.binned(actor=actor, type_key=key, cursor=request.GET.get("cursor", ""))
    seat, known = seat_of(actor), catalogue().types
    groups: dict[str, list[dict[str, Any]]] = {}
    for row, deleted_at in page.items:
        one = {"id": row.id, "name": row.name, "deleted_at": deleted_at, "until": deleted_at + IN_BIN}
        groups.setdefault(row.type_key, []).append(one)
    context = {
        "groups": [{"type": known[type_key], "rows": rows} for type_key, rows in groups.items()],
        "types": [
            {"key": one.key, "label": one.plural, "chosen": one.key == key}
            for one in known.values() if seat.on(one.key).read != "none"
        ],
        "next_url": f"?type={key}&cursor={page.next_cursor}" if page.next_cursor else "",
        "edits": queries.my_bulk_edits(actor=actor), "chosen": key,
    }  # fmt: skip
    return render(request, "crm/bin.html", context)
