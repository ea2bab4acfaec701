"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import desk, ledger, networks, rules

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("rules", rules.rules, name="rules"),
    path("networks", networks.network_list, name="networks"),
    path("networks/<slug:network_id>", networks.network, name="network"),
    path("ledger", ledger.ledger, name="ledger"),
]
