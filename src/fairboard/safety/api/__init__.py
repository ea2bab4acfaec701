"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import cases, evidence, ledger, notices, orders, reports, rules, screening

router = Router(tags=["safety"])
for part in (cases, evidence, ledger, notices, orders, reports, rules, screening):
    router.add_router("", part.router)
