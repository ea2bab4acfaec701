"""The desk over the API, one file a subject."""

from ninja import Router

from fairboard.safety.api import cases, ledger, notices, redress, reporters, screening

router = Router(tags=["safety"])
for part in (
    notices,
    cases,
    screening,
    ledger,
    redress,
    reporters,
):
    router.add_router("", part.router)
