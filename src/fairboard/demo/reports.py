"""A demo company's reports: a report and a dashboard of one's own beside the ready-made ones, and one by mail."""

from datetime import datetime

from fairboard.crm.queries.report_list import dashboards_of, reports_of
from fairboard.crm.services import report_mail, reports
from fairboard.kit.actors import Actor

OWN = {
    "rows": [{"field": "account.city"}],
    "column": {"field": "stage"},
    "filter": {"and": [{"field": "is_closed", "op": "eq", "value": False}]},
    "measures": [
        {"key": "amount", "function": "sum", "field": "amount", "label": "Amount"},
        {"key": "count", "function": "count", "label": "Deals"},
    ],
    "sort": "-amount",
    "chart": {"kind": "stacked", "measure": "amount"},
}


def fill(*, sales: Actor, now: datetime) -> int:
    """Add them for somebody of sales, whose first dashboard is that of sales; returns how many dashboards they have."""
    known = {one.key: one for one in reports_of(actor=sales) if one.key}
    city = reports.save_report(
        type_key="deal", name="Open deals by city", description="Where what is being talked about would be.",
        definition=OWN, actor=sales, at=now,
    )  # fmt: skip
    reports.save_dashboard(
        name="My week", cards=[(city.id, True), (known["activity"].id, False), (known["receivables"].id, False)],
        actor=sales, at=now,
    )  # fmt: skip
    boards = dashboards_of(actor=sales)
    first = next(one for one in boards if one.key == "sales")
    reports.set_home(dashboard_id=first.id, actor=sales)
    report_mail.schedule(
        rhythm="weekly", recipients=[sales.id], forms=["pdf", "csv"], actor=sales, at=now, dashboard_id=first.id
    )
    return len(boards)
