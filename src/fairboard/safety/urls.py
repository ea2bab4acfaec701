"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import appeals, desk, ledger, reporters, rules

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("rules", rules.rules, name="rules"),
    path("ledger", ledger.ledger, name="ledger"),
    path("appeals", appeals.queue, name="appeals"),
    path("appeals/<slug:appeal_id>", appeals.appeal, name="appeal"),
    path("decisions/<slug:decision_id>", appeals.decision, name="decision"),
    path("reporters", reporters.reporters, name="reporters"),
    path("flaggers", reporters.flaggers, name="flaggers"),
    path("flaggers/<slug:flagger_id>", reporters.flagger, name="flagger"),
]
