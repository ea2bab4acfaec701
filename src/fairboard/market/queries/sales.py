"""What members sold, as far as the market knows: ads marked as sold."""

from collections.abc import Iterator
from datetime import datetime

from fairboard.ledger.queries import events_between
from fairboard.market import catalogue, events
from fairboard.market.models import Ad
from fairboard.safety.trading import LOOK_BACK, Sale

_CHUNK = 500


def sold_new(*, at: datetime) -> Iterator[Sale]:
    """Sales of new things in the United States in the 24 months before ``at`` (15 USC 45f(f)(3)).

    A sale is an ad its seller marked as sold, at its price, whose condition was given as new and whose price is in US
    dollars; whether money changed hands the market cannot know, so this counts in the buyer's favour.
    """
    moments: dict[str, datetime] = {}
    for event in events_between(kinds=[events.SOLD], start=at - LOOK_BACK, end=at):
        moments[event.subject_id] = event.at
        if len(moments) == _CHUNK:
            yield from _sales(moments)
            moments = {}
    yield from _sales(moments)


def _sales(moments: dict[str, datetime]) -> Iterator[Sale]:
    known = catalogue.current()
    found = Ad.objects.filter(public_id__in=moments, current__currency="USD").select_related("seller", "current")
    for ad in found:
        revision = ad.current
        if revision is None or revision.price_minor is None or revision.attributes.get("condition") != "new":
            continue
        if known.place_by_pk[revision.place_id].country == "US":
            yield Sale(ad.seller.public_id, moments[ad.public_id], revision.price_minor)
