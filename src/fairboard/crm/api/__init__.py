"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import duplicates, exports, imports, objects

router = Router(tags=["crm"])
for part in (objects, imports, exports, duplicates):
    router.add_router("", part.router)
