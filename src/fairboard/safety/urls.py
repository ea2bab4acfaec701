"""Addresses of the desk."""

from django.urls import path

from fairboard.safety import views

app_name = "safety"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("cases/<slug:case_id>", views.case, name="case"),
    path("rules", views.rules, name="rules"),
    path("ledger", views.ledger, name="ledger"),
]
