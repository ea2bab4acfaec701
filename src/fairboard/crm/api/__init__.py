"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import accounts, lists, objects

router = Router(tags=["crm"])
for part in (
    accounts,
    lists,
    objects,
):
    router.add_router("", part.router)
