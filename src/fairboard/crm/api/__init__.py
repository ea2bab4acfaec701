"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import accounts, lists, objects, reports

router = Router(tags=["crm"])
for part in (
    accounts,
    lists,
    objects,
    reports,
):
    router.add_router("", part.router)
