"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import banks, cases, ledger, networks, notices, orders, redress, reporters, rules, screening

router = Router(tags=["safety"])
for part in (banks, cases, ledger, networks, notices, orders, redress, reporters, rules, screening):
    router.add_router("", part.router)
