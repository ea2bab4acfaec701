"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import desk, ledger, rules

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("take", desk.take, name="take"),
    path("wellness", desk.wellness, name="wellness"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("rules", rules.rules, name="rules"),
    path("ledger", ledger.ledger, name="ledger"),
]
