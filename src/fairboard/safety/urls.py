"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import (
    desk,
    evidence,
    ledger,
    orders,
    reports,
    risks,
    rule_editor,
    rule_life,
    rules,
    takedowns,
    traders,
)

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("take", desk.take, name="take"),
    path("wellness", desk.wellness, name="wellness"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("cases/<slug:case_id>/evidence", evidence.case_evidence, name="case_evidence"),
    path("evidence/<slug:evidence_id>", evidence.look, name="evidence"),
    path("reports", reports.reports, name="reports"),
    path("reports/<slug:report_id>", reports.report, name="report"),
    path("rules", rules.rules, name="rules"),
    path("rules/new", rule_editor.new, name="rule_new"),
    path("rules/packaged/<slug:key>", rules.packaged, name="rule_packaged"),
    path("rules/<slug:rule_id>", rule_editor.rule, name="rule"),
    path("rules/<slug:rule_id>/move", rule_life.move, name="rule_move"),
    path("rules/<slug:rule_id>/back-test", rule_life.back_test, name="rule_backtest"),
    path("rules/<slug:rule_id>/versions/<int:number>/back-test", rule_life.progress, name="rule_progress"),
    path("ledger", ledger.ledger, name="ledger"),
    path("orders", orders.order_list, name="orders"),
    path("orders/new", orders.new, name="order_new"),
    path("orders/<slug:order_id>", orders.order, name="order"),
    path("takedowns", takedowns.takedown_list, name="takedowns"),
    path("takedowns/<slug:takedown_id>", takedowns.takedown, name="takedown"),
    path("traders", traders.trader_list, name="traders"),
    path("traders/<slug:member_id>", traders.trader, name="trader"),
    path("risks", risks.risk_list, name="risks"),
    path("risks/new/<slug:regime>", risks.write, name="risk_write"),
    path("risks/<slug:assessment_id>", risks.risk, name="risk"),
    path("packages/<slug:disclosure_id>", orders.package, name="package"),
]
