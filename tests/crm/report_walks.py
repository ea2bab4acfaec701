"""What the walks of all pages and endpoints need of reports: who may open what, and one of everything."""

from datetime import datetime
from typing import Any

from fairboard.crm.services import charts, report_mail, reports
from fairboard.kit.actors import Actor

CRM, ADMIN = {"sales", "admin"}, {"admin"}
PAGES: dict[str, set[str]] = {
    "crm:reports": CRM, "crm:report_new": CRM, "crm:report_chart": CRM, "crm:report_mail": CRM, "crm:report": CRM,
    "crm:report_edit": CRM, "crm:report_mails": CRM, "crm:report_file": CRM, "crm:dashboards": CRM,
    "crm:dashboard_new": CRM, "crm:dashboard": CRM, "crm:dashboard_edit": CRM, "crm:dashboard_mails": CRM,
    "crm:dashboard_card": CRM,
}  # fmt: skip
POSTED = {"crm:report_mail"}
R, D = "/crm/reports/{saved_id}", "/crm/dashboards/{dashboard_id}"
ENDPOINTS: dict[tuple[str, str], set[str]] = {
    ("get", "/crm/reports"): CRM, ("post", "/crm/reports"): CRM, ("post", "/crm/reports/run"): CRM,
    ("get", R): CRM, ("put", R): CRM, ("delete", R): CRM, ("get", f"{R}/result"): CRM,
    ("get", "/crm/dashboards"): CRM, ("post", "/crm/dashboards"): CRM,
    ("get", D): CRM, ("put", D): CRM, ("delete", D): CRM,
}  # fmt: skip
REPORT = {"name": "Deals", "type": "deal", "definition": {"rows": [{"field": "stage"}]}, "shared": True}
BODIES: dict[str, Any] = {
    "/crm/reports": REPORT, "/crm/reports/run": {"type": "deal", "definition": {}}, R: REPORT,
    "/crm/dashboards": {"name": "Mine"}, D: {"name": "Ours", "shared": True},
}  # fmt: skip


def one_of_everything(sales: Actor, at: datetime) -> dict[str, str]:
    """A shared report and dashboard of somebody of sales, a mail of it, a chart."""
    report = reports.save_report(
        type_key="deal", name="Deals", definition={"rows": [{"field": "stage"}]}, actor=sales, at=at, is_shared=True
    )
    board = reports.save_dashboard(name="Ours", cards=[(report.id, False)], actor=sales, at=at, is_shared=True)
    mail = report_mail.schedule(
        rhythm="weekly", recipients=[sales.id], forms=["csv"], actor=sales, at=at, report_id=report.id
    )
    (key,) = charts.ask([{"wide": {}, "narrow": {}}], at=at)
    return {"saved_id": report.id, "dashboard_id": board.id, "mail_id": mail, "chart": key}


def arguments(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the addresses of pages are filled with."""
    report, board = {"report_id": ids["saved_id"]}, {"dashboard_id": ids["dashboard_id"]}
    return {
        "crm:report": report, "crm:report_edit": report, "crm:report_mails": report,
        "crm:report_file": {**report, "form": "csv"}, "crm:report_chart": {"key": ids["chart"]},
        "crm:report_mail": {"mail_id": ids["mail_id"]}, "crm:dashboard": board, "crm:dashboard_edit": board,
        "crm:dashboard_mails": board, "crm:dashboard_card": {**board, "number": 0},
    }  # fmt: skip
