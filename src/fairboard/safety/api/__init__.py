"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import (
    banks,
    cases,
    duties,
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
    takedowns,
    traders,
    work,
)

router = Router(tags=["safety"])
PARTS = (
    banks, cases, duties, evidence, ledger, networks, notices, orders, redress, reporters, reports, rules, screening,
    takedowns, traders, work,
)  # fmt: skip
for part in PARTS:
    router.add_router("", part.router)
