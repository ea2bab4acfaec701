"""Addresses of decisions, appeals and receipts for members and reporters."""

from django.urls import path

from fairboard.safety.views import redress

app_name = "redress"
urlpatterns = [
    path("decisions/<slug:decision_id>", redress.decision, name="decision"),
    path("account/decisions", redress.mine, name="mine"),
    path("notices/<slug:receipt>", redress.receipt, name="receipt"),
]
