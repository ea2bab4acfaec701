"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import banks, desk, ledger, rule_editor, rule_life, rules

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("rules", rules.rules, name="rules"),
    path("rules/new", rule_editor.new, name="rule_new"),
    path("rules/packaged/<slug:key>", rules.packaged, name="rule_packaged"),
    path("rules/<slug:rule_id>", rule_editor.rule, name="rule"),
    path("rules/<slug:rule_id>/move", rule_life.move, name="rule_move"),
    path("rules/<slug:rule_id>/back-test", rule_life.back_test, name="rule_backtest"),
    path("rules/<slug:rule_id>/versions/<int:number>/back-test", rule_life.progress, name="rule_progress"),
    path("banks", banks.banks, name="banks"),
    path("banks/<slug:bank_id>", banks.bank, name="bank"),
    path("ledger", ledger.ledger, name="ledger"),
]
