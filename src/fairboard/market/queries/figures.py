"""What members have in the market, as figures: for who knows them as customers."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from fairboard.market import catalogue
from fairboard.market.models import Ad

GROWTH_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SellerFigures:
    """Ads of a member: live now, ever, placed in the last 30 days and in the 30 before; their cities."""

    ads_live: int = 0
    ads_total: int = 0
    placed_lately: int = 0
    placed_before: int = 0
    cities: frozenset[str] = field(default=frozenset())


def seller_figures(member_ids: Collection[str], *, at: datetime) -> dict[str, SellerFigures]:
    """Figures of each member who ever placed an ad."""
    if not member_ids:
        return {}
    known = catalogue.current()
    near, far = at - GROWTH_WINDOW, at - 2 * GROWTH_WINDOW
    ads = Ad.objects.filter(seller__public_id__in=member_ids).exclude(current=None)
    counted = ads.values("seller__public_id").annotate(
        total=Count("pk"), live=Count("pk", filter=Q(state="live")),
        lately=Count("pk", filter=Q(created_at__gte=near)),
        before=Count("pk", filter=Q(created_at__gte=far, created_at__lt=near)),
    )  # fmt: skip
    cities: dict[str, set[str]] = {}
    for member, place in ads.filter(state="live").values_list("seller__public_id", "live__place_id").distinct():
        if place in known.place_by_pk:
            cities.setdefault(member, set()).add(known.place_by_pk[place].label)
    return {
        row["seller__public_id"]: SellerFigures(
            row["live"], row["total"], row["lately"], row["before"],
            frozenset(cities.get(row["seller__public_id"], ())),
        )
        for row in counted
    }  # fmt: skip


def sellers_of(ad_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """The member and the title of each ad, by its id."""
    found = (
        Ad.objects.filter(public_id__in=ad_ids)
        .exclude(current=None)
        .values_list("public_id", "seller__public_id", "current__title")
    )
    return {ad: (seller, title) for ad, seller, title in found}


def frequent_sellers(*, least: int, after: str = "", size: int = 500) -> list[str]:
    """Members with so many live ads at least, in the order of their ids."""
    found = (
        Ad.objects.filter(state="live", seller__public_id__gt=after)
        .values("seller__public_id")
        .annotate(live=Count("pk"))
        .filter(live__gte=least)
        .order_by("seller__public_id")
    )
    return [row["seller__public_id"] for row in found[:size]]
