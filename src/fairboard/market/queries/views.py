"""How often ads were looked at and answered, for their sellers."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum

from fairboard.market import registry
from fairboard.market.models import AdViews


@dataclass(frozen=True, slots=True)
class AdFigures:
    """Looks at an ad's page, and people who answered; ``replies`` is None where no room counts them."""

    views: int
    replies: int | None


def figures_of(ad_ids: Collection[str]) -> dict[str, AdFigures]:
    """The figures of each ad, by its public id."""
    if not ad_ids:
        return {}
    found = AdViews.objects.filter(ad__public_id__in=ad_ids).values_list("ad__public_id").annotate(n=Sum("views"))
    views = dict(found)
    replies = registry.replies_to(ad_ids)
    return {one: AdFigures(views.get(one, 0), replies.get(one, 0) if replies is not None else None) for one in ad_ids}
