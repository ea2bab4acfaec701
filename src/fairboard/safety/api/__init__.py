"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import (
    banks,
    cases,
    evidence,
    ledger,
    networks,
    notices,
    orders,
    redress,
    reporters,
    reports,
    rules,
    screening,
)

router = Router(tags=["safety"])
for part in (banks, cases, evidence, ledger, networks, notices, orders, redress, reporters, reports, rules, screening):
    router.add_router("", part.router)
