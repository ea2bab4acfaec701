"""Marketing over the API, one file a subject."""

from ninja import Router

from fairboard.marketing.api import addresses, mailings, templates

router = Router(tags=["marketing"])
PARTS = (addresses, mailings, templates)
for part in PARTS:
    router.add_router("", part.router)
