"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import (
    access,
    accounts,
    automations,
    deals,
    duplicates,
    exports,
    feed,
    imports,
    jobs,
    lists,
    objects,
    reports,
    setup,
    webhooks,
)

router = Router(tags=["crm"])
for part in (
    access, accounts, automations, deals, duplicates, exports, feed, imports, jobs, lists, objects, reports, setup,
    webhooks,
):  # fmt: skip
    router.add_router("", part.router)
