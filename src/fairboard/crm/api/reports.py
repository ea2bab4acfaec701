"""Reports and dashboards over the API: list them, define them, run them."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from fairboard.crm.queries import report_list, report_ready
from fairboard.crm.queries.periods import SPANS
from fairboard.crm.queries.reports import Cell, Head, Narrowing, Result
from fairboard.crm.services import reports as services
from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()


class CrmReportIn(Schema):
    """A report to keep: what it is of, and its definition."""

    name: str
    type: str
    definition: dict[str, Any]
    description: str = ""
    shared: bool = False


class RunIn(Schema):
    """A report to run without keeping it."""

    type: str
    definition: dict[str, Any]


class CrmReportOut(Schema):
    """A kept report."""

    id: str
    name: str
    description: str
    type: str
    definition: dict[str, Any]
    owner_id: str
    shared: bool
    may_edit: bool


class HeadOut(Schema):
    """A figure or a column."""

    key: Any
    label: str
    unit: str


class CellOut(Schema):
    """The figures of a cell, those of the period before, and the filter of exactly its records by figure."""

    values: dict[str, float | None]
    before: dict[str, float | None]
    filters: dict[str, Any]
    type: str


class RowOut(Schema):
    """A row; one with fewer labels than the report has groups is a subtotal."""

    keys: list[Any]
    labels: list[str]
    cells: list[CellOut]
    total: CellOut


class CrmResultOut(Schema):
    """A report as it was worked out."""

    type: str
    row_heads: list[str]
    columns: list[HeadOut]
    figures: list[HeadOut]
    rows: list[RowOut]
    totals: list[CellOut]
    total: CellOut
    left_out: int
    notes: list[str]


class CardIn(Schema):
    """A report on a dashboard."""

    report: str
    wide: bool = False


class DashboardIn(Schema):
    """A dashboard: its reports in their order."""

    name: str
    cards: list[CardIn] = []
    shared: bool = False


class DashboardOut(Schema):
    """A kept dashboard."""

    id: str
    name: str
    cards: list[CardIn]
    owner_id: str
    shared: bool
    may_edit: bool


def _report(row: report_list.ReportRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "description": row.description, "type": row.type_key,
        "definition": dict(row.definition), "owner_id": row.owner_id, "shared": row.is_shared,
        "may_edit": row.may_edit,
    }  # fmt: skip


def _cell(cell: Cell, result: Result) -> dict[str, Any]:
    return {
        "values": cell.values, "before": cell.before, "filters": cell.trees, "type": cell.type_key or result.type_key,
    }  # fmt: skip


def _head(one: Head) -> dict[str, Any]:
    return {"key": one.key, "label": one.label, "unit": one.unit}


def _result(result: Result) -> dict[str, Any]:
    return {
        "type": result.type_key, "row_heads": list(result.row_heads), "columns": [_head(one) for one in result.columns],
        "figures": [_head(one) for one in result.measures],
        "rows": [
            {"keys": list(row.keys), "labels": list(row.labels), "total": _cell(row.total, result),
             "cells": [_cell(one, result) for one in row.cells]}
            for row in result.rows
        ],
        "totals": [_cell(one, result) for one in result.totals], "total": _cell(result.total, result),
        "left_out": result.left_out, "notes": result.notes,
    }  # fmt: skip


@router.get("/crm/reports", response={200: list[CrmReportOut], PROBLEMS: ProblemOut}, operation_id="crm_reports")
def get_reports(request: HttpRequest) -> list[dict[str, Any]]:
    """The reports the caller has: shared ones and their own."""
    return [_report(one) for one in report_list.reports_of(actor=require(request, "crm:read"))]


@router.post("/crm/reports", response={201: CrmReportOut, PROBLEMS: ProblemOut}, operation_id="crm_report_create")
def post_report(request: HttpRequest, body: CrmReportIn) -> Status[Any]:
    """Keep a report; it is run once, so that only what can be run is kept."""
    actor = require(request, "crm:write")
    row = services.save_report(
        type_key=body.type, name=body.name, definition=body.definition, actor=actor, at=clock.now(),
        description=body.description, is_shared=body.shared,
    )  # fmt: skip
    return Status(201, _report(row))


@router.post("/crm/reports/run", response={200: CrmResultOut, PROBLEMS: ProblemOut}, operation_id="crm_report_try")
def run_once(request: HttpRequest, body: RunIn) -> dict[str, Any]:
    """Run a definition without keeping it."""
    actor = require(request, "crm:read")
    return _result(
        report_ready.run(actor=actor, type_key=body.type, definition=body.definition, at=clock.now())
    )  # fmt: skip


@router.get("/crm/reports/{saved_id}", response={200: CrmReportOut, PROBLEMS: ProblemOut}, operation_id="crm_report")
def get_report(request: HttpRequest, saved_id: str) -> dict[str, Any]:
    """One report as it is defined."""
    return _report(report_list.report(actor=require(request, "crm:read"), report_id=saved_id))


@router.put(
    "/crm/reports/{saved_id}", response={200: CrmReportOut, PROBLEMS: ProblemOut}, operation_id="crm_report_change"
)
def put_report(request: HttpRequest, saved_id: str, body: CrmReportIn) -> dict[str, Any]:
    """Define a report anew."""
    actor = require(request, "crm:write")
    row = services.save_report(
        type_key=body.type, name=body.name, definition=body.definition, actor=actor, at=clock.now(),
        description=body.description, is_shared=body.shared, report_id=saved_id,
    )  # fmt: skip
    return _report(row)


@router.delete("/crm/reports/{saved_id}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_report_delete")
def delete_report(request: HttpRequest, saved_id: str) -> Status[None]:
    """Delete a report."""
    services.delete_report(report_id=saved_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)


@router.get(
    "/crm/reports/{saved_id}/result", response={200: CrmResultOut, PROBLEMS: ProblemOut}, operation_id="crm_report_run"
)
def get_result(request: HttpRequest, saved_id: str, span: str = "", owner: str = "") -> dict[str, Any]:
    """Run a report with the caller's rights; ``span`` (last_30 …) and ``owner`` narrow it as a dashboard does."""
    actor = require(request, "crm:read")
    if span and span not in SPANS:
        raise Invalid(f"There are {', '.join(SPANS)}.", field="span")
    row = report_list.report(actor=actor, report_id=saved_id)
    narrowing = Narrowing({"span": span} if span else {}, owner[:16])
    return _result(
        report_ready.run(
            actor=actor, type_key=row.type_key, definition=row.definition, at=clock.now(), narrowing=narrowing
        )
    )


def _dashboard(row: report_list.DashboardRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "cards": [{"report": one, "wide": wide} for one, wide in row.cards],
        "owner_id": row.owner_id, "shared": row.is_shared, "may_edit": row.may_edit,
    }  # fmt: skip


@router.get("/crm/dashboards", response={200: list[DashboardOut], PROBLEMS: ProblemOut}, operation_id="crm_dashboards")
def get_dashboards(request: HttpRequest) -> list[dict[str, Any]]:
    """The dashboards the caller has, the one they open first in front."""
    return [_dashboard(one) for one in report_list.dashboards_of(actor=require(request, "crm:read"))]


@router.post("/crm/dashboards", response={201: DashboardOut, PROBLEMS: ProblemOut}, operation_id="crm_dashboard_create")
def post_dashboard(request: HttpRequest, body: DashboardIn) -> Status[Any]:
    """Keep a dashboard."""
    return Status(201, _saved(request, body, ""))


@router.get(
    "/crm/dashboards/{dashboard_id}", response={200: DashboardOut, PROBLEMS: ProblemOut}, operation_id="crm_dashboard"
)
def get_dashboard(request: HttpRequest, dashboard_id: str) -> dict[str, Any]:
    """One dashboard."""
    return _dashboard(report_list.dashboard(actor=require(request, "crm:read"), dashboard_id=dashboard_id))


@router.put(
    "/crm/dashboards/{dashboard_id}",
    response={200: DashboardOut, PROBLEMS: ProblemOut},
    operation_id="crm_dashboard_change",
)
def put_dashboard(request: HttpRequest, dashboard_id: str, body: DashboardIn) -> dict[str, Any]:
    """Choose a dashboard's reports anew."""
    return _saved(request, body, dashboard_id)


def _saved(request: HttpRequest, body: DashboardIn, dashboard_id: str) -> dict[str, Any]:
    actor = require(request, "crm:write")
    row = services.save_dashboard(
        name=body.name, cards=[(one.report, one.wide) for one in body.cards], actor=actor, at=clock.now(),
        dashboard_id=dashboard_id, is_shared=body.shared,
    )  # fmt: skip
    return _dashboard(row)


@router.delete(
    "/crm/dashboards/{dashboard_id}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_dashboard_delete"
)
def delete_dashboard(request: HttpRequest, dashboard_id: str) -> Status[None]:
    """Delete a dashboard, not its reports."""
    services.delete_dashboard(dashboard_id=dashboard_id, actor=require(request, "crm:write"), at=clock.now())
    return Status(204, None)
