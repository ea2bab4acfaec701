"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import accounts, automations, feed, jobs, objects, webhooks

router = Router(tags=["crm"])
for part in (accounts, automations, feed, jobs, objects, webhooks):
    router.add_router("", part.router)
