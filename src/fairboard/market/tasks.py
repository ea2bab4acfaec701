"""Background work of the market."""

from django.db.models import Count

from fairboard.kit import clock, tasks
from fairboard.market import catalogue
from fairboard.market.models import Card, Category, Place
from fairboard.market.queries.sales import sold_new
from fairboard.market.services import lifecycle
from fairboard.safety.services import traders


@tasks.every(minutes=10, name="market.expire")
def expire() -> None:
    """End the term of ads that are due."""
    while lifecycle.expire(at=clock.now()):
        pass


@tasks.every(minutes=5, name="market.count_categories")
def count_categories() -> None:
    """Refresh how many live ads each category and city holds: figures a few minutes old."""
    counts = dict(Card.objects.values_list("category").annotate(n=Count("position")))
    for category in Category.objects.select_related("parent"):
        own = counts.get(category.slug, 0)
        below = sum(n for slug, n in counts.items() if slug.startswith(f"{category.slug}/"))
        Category.objects.filter(pk=category.pk).exclude(live_count=own + below).update(live_count=own + below)
    _count_places()
    catalogue.reload()


def _count_places() -> None:
    counts = dict(Card.objects.values_list("place").annotate(n=Count("position")))
    known = dict(Place.objects.filter(live_count__gt=0).values_list("code", "live_count"))
    for code in counts.keys() | known.keys():
        if counts.get(code, 0) != known.get(code, 0):
            Place.objects.filter(code=code).update(live_count=counts.get(code, 0))


@tasks.every(minutes=1440, name="market.count_sales")
def count_sales() -> None:
    """Tell safety what members sold, so that high-volume sellers are asked who they are (15 USC 45f)."""
    now = clock.now()
    traders.count(sales=sold_new(at=now), at=now)
