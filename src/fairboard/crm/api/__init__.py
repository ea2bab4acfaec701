"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import accounts, feed, objects

router = Router(tags=["crm"])
for part in (accounts, feed, objects):
    router.add_router("", part.router)
