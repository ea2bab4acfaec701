"""Imports over the API: upload, choose, try out, start, poll, fetch what was refused, undo."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Router, Status

from fairboard.crm.queries import imports as queries
from fairboard.crm.schemas_data import ImportFileIn, ImportOut, ImportProblemOut, ImportStartIn
from fairboard.crm.services import import_undo, imports
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
UPLOAD = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "type": {"type": "string"},
                    },
                }
            }
        }
    }
}


@router.get("/crm/imports", response={200: list[ImportOut], PROBLEMS: ProblemOut})
def list_imports(request: HttpRequest) -> Any:
    """One's imports, the newest first."""
    return queries.imports(actor=require(request, "crm:import"))


@router.post("/crm/imports", response={201: ImportOut, PROBLEMS: ProblemOut}, openapi_extra=UPLOAD)
def upload_import(request: HttpRequest) -> Any:
    """Upload CSV, XLSX or ZIP files (multipart, ``file`` once or several times); ``type`` where it is known.

    The answer suggests what each column becomes; nothing is written before it is started.
    """
    actor = require(request, "crm:import")
    job = imports.take_uploads(
        uploads=request.FILES.getlist("file"), actor=actor, at=clock.now(), type_key=str(request.POST.get("type", ""))
    )
    return Status(201, queries.import_row(import_id=job.public_id, actor=actor))


@router.get("/crm/imports/{import_id}", response={200: ImportOut, PROBLEMS: ProblemOut})
def read_import(request: HttpRequest, import_id: str = ID) -> Any:
    """One import, with its progress."""
    return queries.import_row(import_id=import_id, actor=require(request, "crm:import"))


@router.put("/crm/imports/{import_id}/files/{file_id}", response={200: ImportOut, PROBLEMS: ProblemOut})
def configure_file(request: HttpRequest, given: ImportFileIn, import_id: str = ID, file_id: str = ID) -> Any:
    """Choose what a file is and what its columns become; another type brings another suggestion."""
    actor = require(request, "crm:import")
    columns = [one.dict() for one in given.columns] if given.columns is not None else None
    imports.configure(
        import_id=import_id, file_id=file_id, actor=actor, type_key=given.type, columns=columns, mode=given.mode,
        match=given.match,
    )  # fmt: skip
    return queries.import_row(import_id=import_id, actor=actor)


@router.post("/crm/imports/{import_id}/start", response={202: ImportOut, PROBLEMS: ProblemOut})
def start_import(request: HttpRequest, given: ImportStartIn, import_id: str = ID) -> Any:
    """Start an import, or try it out; it runs in the background."""
    actor = require(request, "crm:import")
    options = {key: one for key, one in (("lenient", given.lenient), ("country", given.country)) if one is not None}
    imports.start(import_id=import_id, actor=actor, at=clock.now(), dry_run=given.dry_run, options=options)
    return Status(202, queries.import_row(import_id=import_id, actor=actor))


@router.post("/crm/imports/{import_id}/stop", response={200: ImportOut, PROBLEMS: ProblemOut})
def stop_import(request: HttpRequest, import_id: str = ID) -> Any:
    """Stop an import; what it wrote stays and can be undone."""
    actor = require(request, "crm:import")
    imports.stop(import_id=import_id, actor=actor, at=clock.now())
    return queries.import_row(import_id=import_id, actor=actor)


@router.post("/crm/imports/{import_id}/undo", response={202: ImportOut, PROBLEMS: ProblemOut})
def undo_import(request: HttpRequest, import_id: str = ID) -> Any:
    """Take a whole import back in the background; what was changed since is named in ``left`` and stays."""
    actor = require(request, "crm:import")
    import_undo.ask(import_id=import_id, actor=actor, at=clock.now())
    return Status(202, queries.import_row(import_id=import_id, actor=actor))


@router.get("/crm/imports/{import_id}/problems", response={200: list[ImportProblemOut], PROBLEMS: ProblemOut})
def list_problems(request: HttpRequest, import_id: str = ID) -> Any:
    """The first hundred rows that were refused, or lost values."""
    return queries.problems(import_id=import_id, actor=require(request, "crm:import"))


@router.get("/crm/imports/{import_id}/files/{file_id}/refused", response={PROBLEMS: ProblemOut})
def refused_rows(request: HttpRequest, import_id: str = ID, file_id: str = ID) -> Any:
    """The refused rows of a file as CSV, with row number and reason."""
    lines = queries.refused_rows(import_id=import_id, file_id=file_id, actor=require(request, "crm:import"))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"})
