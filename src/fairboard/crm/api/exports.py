"""Exports over the API: ask, poll, fetch."""

from typing import Any

from django.http import FileResponse, HttpRequest
from ninja import Path, Router, Status

from fairboard.crm.queries import exporting
from fairboard.crm.schemas_data import ExportIn, ExportOut
from fairboard.crm.services import exports
from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/crm/exports", response={200: list[ExportOut], PROBLEMS: ProblemOut})
def list_exports(request: HttpRequest) -> Any:
    """One's exports, the newest first."""
    return exporting.export_rows(actor=require(request, "crm:export"))


@router.post("/crm/exports", response={202: ExportOut, PROBLEMS: ProblemOut})
def ask_for_export(request: HttpRequest, given: ExportIn) -> Any:
    """Export the records of a filter: few are done in the answer, many in the background."""
    actor = require(request, "crm:export")
    row = exports.ask(
        type_key=given.type, format=given.format, tree=given.filter, columns=given.columns, actor=actor, at=clock.now()
    )
    return Status(202, exporting.export_row(export_id=row.public_id, actor=actor))


@router.get("/crm/exports/{export_id}", response={200: ExportOut, PROBLEMS: ProblemOut})
def read_export(request: HttpRequest, export_id: str = ID) -> Any:
    """One export, with its state."""
    return exporting.export_row(export_id=export_id, actor=require(request, "crm:export"))


@router.get("/crm/exports/{export_id}/file", response={PROBLEMS: ProblemOut})
def fetch_export(request: HttpRequest, export_id: str = ID) -> Any:
    """The file, for a week."""
    path, name, kind = exports.fetch(export_id=export_id, actor=require(request, "crm:export"), at=clock.now())
    headers = {"Cache-Control": "no-store"}
    return FileResponse(open(path, "rb"), as_attachment=True, filename=name, content_type=kind, headers=headers)
