"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import cases, evidence, ledger, notices, reports, screening

router = Router(tags=["safety"])
for part in (notices, cases, screening, ledger, evidence, reports):
    router.add_router("", part.router)
