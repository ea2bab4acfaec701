"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import objects

router = Router(tags=["crm"])
for part in (objects,):
    router.add_router("", part.router)
