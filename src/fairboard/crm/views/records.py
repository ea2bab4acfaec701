"""The page of a record, and what is done there by one click."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairboard.crm import forms_records as forms
from fairboard.crm import page_parts
from fairboard.crm.catalogue import TypeInfo, catalogue
from fairboard.crm.queries import activities, colleagues, pages
from fairboard.crm.queries.access import SeatInfo, seat_of, shared_with
from fairboard.crm.queries.history import history
from fairboard.crm.queries.pages import ACTIVITIES
from fairboard.crm.queries.records import RecordRow, may, record
from fairboard.crm.queries.stages import path_of
from fairboard.crm.services import activities as acts
from fairboard.crm.services import sharing, stages
from fairboard.crm.services.files import attach_file
from fairboard.crm.services.records import delete_records, restore_records, update_record
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required

STANDING_TONES = {"clear": "good", "unverified": "warn", "under_review": "warn", "on_hold": "bad", "closed": "bad"}
SOURCES = {"account", "contact", "lead", "deal", "quote", "invoice", "campaign"}


@permission_required("crm.use")
@require_GET
def record_page(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
    """One record: its values, what points to it, what was done about it."""
    return _page(request, key, record_id)


def _page(
    request: HttpRequest, key: str, record_id: str, *, status: int = 200, composed: dict[str, Any] | None = None
) -> HttpResponse:  # fmt: skip
    actor, at = actor_of(request), clock.now()
    row = record(actor=actor, record_id=record_id, with_deleted=True)
    if row.type_key != key:
        raise NotFound(_("There is no such record."))
    seat, info = seat_of(actor), catalogue().type(key)
    if key == "note":
        acts.mention_seen(record_id=record_id, actor=actor, at=at)
    names = pages.named(actor, [info], [row])
    context = {
        "type": info, "record": row,
        "sections": pages.sections(actor=actor, seat=seat, info=info, row=row, names=names),
        "figures": pages.key_figures(seat, info, row, names), "owners": colleagues.colleagues(actor=actor),
        "variant": next((one.label for one in info.variants if one.key == row.record_type), ""),
        "way": path_of(info, row, at=at) if info.pipelines or info.archived_pipelines else None,
        "history": history(actor=actor, row=row, size=12),
        "rights": _rights(seat, info, row), "at": at,
        **_standing(info, row), **_reasons(info), **_people(seat, row), **_around(actor, seat, info, row),
        **page_parts.context(actor, row, request.GET.dict(), at),
        "composed": composed or {}, "compose": (composed or {}).get("what", "note"),
    }  # fmt: skip
    return render(request, "crm/record.html", context, status=status)


def _rights(seat: SeatInfo, info: TypeInfo, row: RecordRow) -> dict[str, bool]:
    return {"edit": may(seat, info, row, "edit"), "delete": may(seat, info, row, "delete"),
            "log": seat.on("note").create and info.key in SOURCES}  # fmt: skip


def _standing(info: TypeInfo, row: RecordRow) -> dict[str, str]:
    value = str(row.values.get("standing", ""))
    if info.key != "account" or not value:
        return {"standing": ""}
    labels = {one.key: one.label for one in info.field("standing").spec.choices}
    return {"standing": labels.get(value, value), "standing_tone": STANDING_TONES.get(value, "neutral"),
            "standing_key": value}  # fmt: skip


def _reasons(info: TypeInfo) -> dict[str, Any]:
    one = info.fields.get("lost_reason")
    return {"lost_reasons": one.spec.choices if one else ()}


def _people(seat: SeatInfo, row: RecordRow) -> dict[str, Any]:
    shares = shared_with(row.pk)
    names = colleagues.names([row.owner_id, *(member for member, _edit in shares)])
    return {
        "owner_name": names.get(row.owner_id, ""),
        "shares": [{"id": one, "name": names.get(one, one), "edit": edit} for one, edit in shares],
    }


def _around(actor: Actor, seat: SeatInfo, info: TypeInfo, row: RecordRow) -> dict[str, Any]:
    done = pages.activities(actor=actor, seat=seat, row=row) if info.key not in ACTIVITIES else []
    tasks = sorted((one for one in done if one.is_open), key=lambda one: str(one.values.get("due_on", "9999")))
    lists = pages.related_lists(actor=actor, seat=seat, info=info, row=row)
    related = [{"list": one, "add": urlencode(_prefill(one.type, one.field.key, info, row))} for one in lists]
    return {
        "activities": [one for one in done if not one.is_open], "tasks": tasks,
        "related": related,
        "logged": {key: catalogue().type(key) for key in acts.LOGGED},
    }  # fmt: skip


def _prefill(other: TypeInfo, field_key: str, info: TypeInfo, row: RecordRow) -> list[tuple[str, str]]:
    """What a new record made from here begins with: the relation, and what both have in common."""
    given = [(field_key, row.id), ("back", reverse("crm:record", args=[info.key, row.id]))]
    for one in other.relations:
        value = row.values.get(one.key)
        if one.key != field_key and one.key in info.fields and isinstance(value, str):
            given.append((one.key, value))
    return given


Act = Callable[[HttpRequest, Actor, str], str | None]


def act(view: Act) -> Callable[..., HttpResponse]:
    """A view that does one thing by POST and goes back to the record; what was refused is said there."""

    @wraps(view)
    def wrapped(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
        actor = actor_of(request)
        home = reverse("crm:record", args=[key, record_id])
        try:
            said = view(request, actor, record_id)
        except (Invalid, Conflict) as problem:
            messages.error(request, problem.detail)
            return redirect(home)
        if said:
            messages.success(request, said)
        return redirect(request.POST.get("back", "") if _is_local(request.POST.get("back", "")) else home)

    guarded: Callable[..., HttpResponse] = permission_required("crm.use")(require_POST(wrapped))  # type: ignore[assignment]
    return guarded


def _is_local(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))


@act
def stage(request: HttpRequest, actor: Actor, record_id: str) -> str:
    """Move a record to a stage."""
    row = stages.move_to_stage(
        record_id=record_id, stage=request.POST.get("stage", ""), reason=request.POST.get("lost_reason", ""),
        actor=actor, at=clock.now(),
    )  # fmt: skip
    labels = {one.key: one.label for one in catalogue().type(row.type_key).field("stage").spec.choices}
    return _("Now in %(stage)s.") % {"stage": labels.get(str(row.values["stage"]), "")}


@act
def own(request: HttpRequest, actor: Actor, record_id: str) -> str:
    """Give a record to somebody else."""
    owner = request.POST.get("owner", "")
    if owner and owner not in colleagues.colleagues(actor=actor):
        raise Invalid(_("Choose a colleague who works with the CRM."), field="owner")
    try:
        update_record(record_id=record_id, values={}, owner_id=owner, actor=actor, at=clock.now())
    except NotFound:  # given away out of one's own sight
        return _("It belongs to somebody else now.")
    return _("The owner was changed.")


@act
def share(request: HttpRequest, actor: Actor, record_id: str) -> str:
    """Share a record with a colleague, or take that back."""
    at, member = clock.now(), request.POST.get("member", "")
    if request.POST.get("op") == "remove":
        sharing.unshare_record(record_id=record_id, member_id=member, actor=actor, at=at)
        return _("No longer shared.")
    sharing.share_record(
        record_id=record_id, member_id=member, may_edit=request.POST.get("edit") == "yes", actor=actor, at=at
    )
    return _("Shared.")


@act
def delete(request: HttpRequest, actor: Actor, record_id: str) -> str:
    """Put a record into the bin."""
    delete_records(record_ids=[record_id], actor=actor, at=clock.now())
    return _("Deleted. For 30 days it can be taken back from here.")


@act
def restore(request: HttpRequest, actor: Actor, record_id: str) -> str:
    """Take a record out of the bin."""
    restore_records(record_ids=[record_id], actor=actor, at=clock.now())
    return _("It is back.")


@act
def done(request: HttpRequest, actor: Actor, record_id: str) -> None:
    """Mark a task done, or open again."""
    acts.finish_task(record_id=record_id, is_done=request.POST.get("done") != "no", actor=actor, at=clock.now())


@permission_required("crm.use")
@require_POST
def log(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
    """Write a note, task, call or meeting, or add a file, about a record; what is refused keeps what was typed."""
    actor, at, what = actor_of(request), clock.now(), request.POST.get("what", "note")
    if record(actor=actor, record_id=record_id).type_key != key:
        raise NotFound(_("There is no such record."))
    try:
        if what == "file":
            _attach(request, actor, record_id)
        else:
            values = _typed(request.POST, what)
            acts.log_activity(what=what, about=record_id, values=values, actor=actor, at=at)
    except (Forbidden, NotFound):
        raise
    except Problem as problem:
        errors = {one["field"]: one["message"] for one in problem.errors} or {"__all__": problem.detail}
        composed = {"what": what, "errors": errors, "typed": request.POST.dict()}
        return _page(request, key, record_id, status=problem.status, composed=composed)
    messages.success(request, _("Written down."))
    return redirect(reverse("crm:record", args=[key, record_id]) + "#activity")


def _typed(post: QueryDict, what: str) -> dict[str, Any]:
    info = catalogue().types.get(what)
    fields = dict(info.fields) if info and what in acts.LOGGED else {}
    fields.pop("about", None)
    given: dict[str, forms.Typed] = {key: str(post[key]) for key in fields if post.get(key)}
    return forms.as_values(given, fields)


def _attach(request: HttpRequest, actor: Actor, record_id: str) -> None:
    sent = request.FILES.get("file")
    if sent is None or isinstance(sent, list) or sent.file is None:
        raise Invalid(_("Choose a file."), field="file")
    attach_file(
        about=record_id, name=sent.name or "", size=sent.size or 0, content=sent.file,
        description=request.POST.get("description", ""), actor=actor, at=clock.now(),
    )  # fmt: skip


@permission_required("crm.use")
@require_GET
def changes(request: HttpRequest, key: str, record_id: str) -> HttpResponse:
    """Every change of a record, or of one of its fields."""
    actor = actor_of(request)
    row = record(actor=actor, record_id=record_id, with_deleted=True)
    if row.type_key != key:
        raise NotFound(_("There is no such record."))
    info = catalogue().type(key)
    chosen = request.GET.get("field", "")
    context = {"type": info, "record": row, "history": history(actor=actor, row=row, field_key=chosen, size=300),
               "chosen": info.fields.get(chosen)}  # fmt: skip
    return render(request, "crm/changes.html", context)


def tasks_context(request: HttpRequest, owner: str) -> dict[str, Any]:
    """What the page of one's tasks shows."""
    actor = actor_of(request)
    found = activities.my_tasks(actor=actor, owner_id=owner, today=clock.now().date())
    groups = [
        {"key": "overdue", "label": _("Overdue"), "rows": found.overdue},
        {"key": "today", "label": _("Today"), "rows": found.today},
        {"key": "upcoming", "label": _("Upcoming"), "rows": found.upcoming},
        {"key": "undated", "label": _("Without a day"), "rows": found.undated},
        {"key": "done", "label": _("Done last"), "rows": found.done},
    ]
    return {"groups": [one for one in groups if one["rows"]], "owner": owner}
