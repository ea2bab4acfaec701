"""Importing: files uploaded, columns chosen, tried out, carried out, watched, undone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairboard.crm.queries import imports as queries
from fairboard.crm.services import import_undo
from fairboard.crm.services import imports as services
from fairboard.kit import clock
from fairboard.kit.problems import Forbidden, Invalid, NotFound, Problem
from fairboard.people.actors import actor_of
from fairboard.people.decorators import permission_required


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """What was imported, and a form to upload files."""
    actor, problem = actor_of(request), ""
    if request.method == "POST":
        try:
            job = services.take_uploads(
                uploads=request.FILES.getlist("file"), actor=actor, at=clock.now(),
                type_key=request.POST.get("type", ""),
            )  # fmt: skip
            return redirect("crm:import", import_id=job.public_id)
        except (Forbidden, NotFound):
            raise
        except Problem as error:
            problem = error.detail
    context = {
        "imports": queries.imports(actor=actor), "types": queries.target_types(actor=actor), "problem": problem,
        "typed": request.POST.get("type", request.GET.get("type", "")), "states": _states(),
    }  # fmt: skip
    return render(request, "crm/import_list.html", context, status=422 if problem else 200)


@permission_required("crm.use")
@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest, import_id: str) -> HttpResponse:
    """One import: its columns while they can be chosen, its progress and problems after that."""
    actor, problem = actor_of(request), ""
    if request.method == "POST":
        try:
            _act(request, import_id)
            return redirect("crm:import", import_id=import_id)
        except (Forbidden, NotFound):
            raise
        except Problem as error:
            problem = error.detail
    row = queries.import_row(import_id=import_id, actor=actor)
    choosing = row.is_open and (row.state == "draft" or "columns" in request.GET or bool(problem))
    files = [
        {"file": one, "fields": queries.target_fields(type_key=one.type_key, actor=actor) if one.type_key else [],
         "share": min(100, round(100 * one.done / max(1, one.rows)))}
        for one in row.files
    ]  # fmt: skip
    context = {
        "import": row, "files": files, "choosing": choosing, "problem": problem, "states": _states(),
        "types": queries.target_types(actor=actor), "may_define": actor.can("crm.manage"),
        "problems": [] if choosing else queries.problems(import_id=import_id, actor=actor),
    }  # fmt: skip
    return render(request, "crm/import.html", context, status=422 if problem else 200)


def _act(request: HttpRequest, import_id: str) -> None:
    actor, at, act = actor_of(request), clock.now(), request.POST.get("act", "")
    if act in {"save", "try", "start"}:
        row = queries.import_row(import_id=import_id, actor=actor)
        for file in row.files:
            _configure(request, row.id, file)
        if act != "save":
            options: dict[str, Any] | None = None  # as it was tried out
            if "country" in request.POST:
                options = {"lenient": "lenient" in request.POST, "country": request.POST["country"].upper()[:2]}
            services.start(import_id=import_id, actor=actor, at=at, dry_run=act == "try", options=options)
    elif act == "stop":
        services.stop(import_id=import_id, actor=actor, at=at)
    elif act == "undo":
        import_undo.ask(import_id=import_id, actor=actor, at=at)
        messages.success(request, _("The import is being taken back."))
    else:
        raise Invalid(_("Choose what to do."), field="act")


def _configure(request: HttpRequest, import_id: str, file: queries.FileRow) -> None:
    given = request.POST
    if f"{file.id}.type" not in given:
        return
    type_key = given.get(f"{file.id}.type", "")
    if type_key != file.type_key:
        services.configure(import_id=import_id, file_id=file.id, actor=actor_of(request), type_key=type_key)
        return
    columns: list[dict[str, Any]] = []
    for place, column in enumerate(file.columns):
        key = given.get(f"{file.id}.{place}.field", "")
        columns.append({
            "heading": column["heading"], "field": "" if key == "+" else key, "make": key == "+",
            "by": given.get(f"{file.id}.{place}.by", column.get("by", "")),
            "create": f"{file.id}.{place}.create" in given, "grow": f"{file.id}.{place}.grow" in given,
        })  # fmt: skip
    services.configure(
        import_id=import_id, file_id=file.id, actor=actor_of(request), columns=columns,
        mode=given.get(f"{file.id}.mode", file.mode), match=given.get(f"{file.id}.match", file.match),
    )  # fmt: skip


@permission_required("crm.use")
@require_GET
def import_refused(request: HttpRequest, import_id: str, file_id: str) -> HttpResponseBase:
    """The refused rows of a file, to be mended and imported again."""
    lines = queries.refused_rows(import_id=import_id, file_id=file_id, actor=actor_of(request))
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _states() -> dict[str, tuple[str, str]]:
    """What each state is called, and its tone."""
    return {
        "draft": (_("Being prepared"), "neutral"), "queued": (_("Waiting"), "neutral"),
        "running": (_("Running"), "warn"), "summing": (_("Adding up"), "warn"), "done": (_("Done"), "good"),
        "failed": (_("Failed"), "bad"), "stopped": (_("Stopped"), "warn"), "undoing": (_("Being undone"), "warn"),
        "undone": (_("Undone"), "neutral"),
    }  # fmt: skip
