"""The CRM over the API, one file a subject."""

from ninja import Router

from fairboard.crm.api import access, accounts, deals, duplicates, exports, imports, lists, objects, setup

router = Router(tags=["crm"])
for part in (
    access,
    accounts,
    deals,
    duplicates,
    exports,
    imports,
    lists,
    objects,
    setup,
):
    router.add_router("", part.router)
