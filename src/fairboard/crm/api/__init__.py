"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import access, accounts, automations, deals, feed, jobs, lists, objects, setup, webhooks

router = Router(tags=["crm"])
for part in (
    access,
    accounts,
    automations,
    deals,
    feed,
    jobs,
    lists,
    objects,
    setup,
    webhooks,
):
    router.add_router("", part.router)
