"""Background work of the market."""

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import translation

from fairboard.kit import clock, mail, tasks
from fairboard.market import catalogue
from fairboard.market.mail_kinds import EXPIRY_MAIL
from fairboard.market.models import Card, Category, Place
from fairboard.market.queries.ads import ad_for
from fairboard.market.queries.sales import sold_new
from fairboard.market.queries.views import figures_of
from fairboard.market.services import erasing, lifecycle, reminding, saving
from fairboard.people.queries import actor_by_id, address_of, language_of
from fairboard.people.queries_mails import wants
from fairboard.safety.services import traders
from fairboard.ui.filters import date_text


@tasks.every(minutes=10, name="market.expire")
def expire() -> None:
    """End the term of ads that are due."""
    while lifecycle.expire(at=clock.now()):
        pass


@tasks.every(minutes=60, name="market.remind")
def remind() -> None:
    """Tell sellers whose ads end soon."""
    while reminding.remind(at=clock.now()):
        pass


@tasks.task(reminding.MAIL)
def mail_expiry(ad_id: str) -> None:
    """Mail a seller that an ad's term ends soon, with a link that renews it in a tap."""
    seller = reminding.seller_of(ad_id)
    to = address_of(seller)
    row = ad_for(ad_id=ad_id, actor=actor) if (actor := actor_by_id(seller)) else None
    if not to or row is None or row.state != "live" or not wants(member_id=seller, kind=EXPIRY_MAIL):
        return
    language = language_of(seller)
    with translation.override(language):
        until = date_text(row.expires_at)
    renew = reverse("market:renew", kwargs={"token": reminding.token_for(ad_id)})
    figures = figures_of([ad_id])[ad_id]
    mail.send(
        to=to, template="market/mail/expiry.txt", language=language,
        context={
            "ad": row, "until": until, "link": settings.BASE_URL + row.path, "renew": settings.BASE_URL + renew,
            "figures": figures, "settings": settings.BASE_URL + reverse("people_settings"),
        },
    )  # fmt: skip


@tasks.every(minutes=60, name="market.forget_drafts")
def forget_drafts() -> None:
    """Drop drafts whose time is over, a visitor's after a week."""
    while saving.forget(at=clock.now()):
        pass


@tasks.every(minutes=1440, name="market.erase_deleted")
def erase_deleted() -> None:
    """Erase what ads said that their sellers deleted a month ago, but for those a hold or a case keeps."""
    erasing.erase_deleted(at=clock.now())


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
