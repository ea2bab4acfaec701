"""Marketing over the API, one file a subject."""

from ninja import Router

from fairboard.marketing.api import addresses, forms, journeys, mailings, scoring, segments, templates

router = Router(tags=["marketing"])
PARTS = (addresses, mailings, templates, segments, journeys, forms, scoring)
for part in PARTS:
    router.add_router("", part.router)
