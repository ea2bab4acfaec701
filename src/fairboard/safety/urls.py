"""Addresses of the desk."""

from django.urls import path

from fairboard.safety.views import desk, ledger, metrics, orders, risks, rules, takedowns, traders

app_name = "safety"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("cases/<slug:case_id>", desk.case, name="case"),
    path("rules", rules.rules, name="rules"),
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
    path("metrics", metrics.metrics, name="metrics"),
    path("samples", metrics.samples, name="samples"),
    path("packages/<slug:disclosure_id>", orders.package, name="package"),
]
