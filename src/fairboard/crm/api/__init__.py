"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import lists, objects

router = Router(tags=["crm"])
for part in (
    lists,
    objects,
):
    router.add_router("", part.router)
