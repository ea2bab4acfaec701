"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import desk, evidence, ledger, reports, rules

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("cases/<slug:case_id>/evidence", evidence.case_evidence, name="case_evidence"),
    path("evidence/<slug:evidence_id>", evidence.look, name="evidence"),
    path("reports", reports.reports, name="reports"),
    path("reports/<slug:report_id>", reports.report, name="report"),
    path("rules", rules.rules, name="rules"),
    path("ledger", ledger.ledger, name="ledger"),
]
