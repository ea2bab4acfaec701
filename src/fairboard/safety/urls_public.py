"""Addresses of the duties towards everybody."""

from django.urls import path

from fairboard.safety.views import takedowns, traders, transparency

app_name = "duties"
urlpatterns = [
    path("take-it-down", takedowns.ask, name="take_it_down"),
    path("take-it-down/<slug:receipt>", takedowns.receipt, name="takedown_receipt"),
    path("transparency", transparency.page, name="transparency"),
    path("transparency.csv", transparency.as_csv, name="transparency_csv"),
    path("account/trader", traders.own, name="trader"),
]
