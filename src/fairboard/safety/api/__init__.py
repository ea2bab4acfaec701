"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import banks, cases, ledger, notices, rules, screening

router = Router(tags=["safety"])
for part in (notices, cases, screening, rules, banks, ledger):
    router.add_router("", part.router)
