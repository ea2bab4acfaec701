"""Templates: the list, one with its texts, and the ads its blocks show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from fairboard.kit import money
from fairboard.kit.actors import ANONYMOUS, Actor
from fairboard.kit.pagination import Page, decode_cursor, encode_cursor
from fairboard.kit.problems import Forbidden, NotFound
from fairboard.market.queries.ads import ad_for
from fairboard.marketing.blocks import AdCard, ads_of
from fairboard.marketing.compiling import Content, Footing, Written, compiled
from fairboard.marketing.models import Template
from fairboard.marketing.queries import consents


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in the list."""

    id: str
    name: str
    version: int
    languages: tuple[str, ...]
    updated_at: datetime
    is_archived: bool


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """A template with what it says in each language."""

    row: TemplateRow
    texts: Mapping[str, Written]

    def text(self, language: str) -> Written:
        """What it says in a language; nothing where it says nothing yet."""
        return self.texts.get(language) or Written("", "", [])


def templates(*, actor: Actor, cursor: str = "", size: int = 30) -> Page[TemplateRow]:
    """Templates in use, newest first; raises Forbidden, Invalid."""
    if not actor.can("marketing.use"):
        raise Forbidden
    found = Template.objects.prefetch_related("texts").filter(archived_at=None).order_by("-pk")
    if cursor:
        found = found.filter(pk__lt=decode_cursor(cursor, [int])[0])
    rows = list(found[: size + 1])
    more = encode_cursor(rows[size - 1].pk) if len(rows) > size else ""
    return Page([_row(one) for one in rows[:size]], next_cursor=more)


def template_page(*, template_id: str, actor: Actor) -> TemplatePage:
    """One template; raises Forbidden, NotFound."""
    if not actor.can("marketing.use"):
        raise Forbidden
    one = Template.objects.prefetch_related("texts").filter(public_id=template_id).first()
    if one is None:
        raise NotFound
    return TemplatePage(_row(one), texts_of(one))


def texts_of(one: Template) -> dict[str, Written]:
    """What a template says, by language."""
    return {text.language: Written(text.subject, text.preheader, text.blocks) for text in one.texts.all()}


def _row(one: Template) -> TemplateRow:
    languages = tuple(sorted(text.language for text in one.texts.all()))
    return TemplateRow(one.public_id, one.name, one.version, languages, one.updated_at, one.archived_at is not None)


def cards(ids: Iterable[str]) -> dict[str, AdCard]:
    """The ads of these ids, or of their addresses, as everybody may see them now; the others are left out."""
    found = {}
    for one in set(ids):
        ad = ad_for(ad_id=one.rstrip("/").rpartition("/")[2], actor=ANONYMOUS)
        if ad is not None:
            photo = settings.BASE_URL + ad.photos[0].medium if ad.photos else ""
            price = money.text(ad.price_minor, ad.currency) if ad.price_minor is not None else ""
            found[one] = AdCard(ad.title, price, ad.place.name, settings.BASE_URL + ad.path, photo)
    return found


def content_of(
    texts: Mapping[str, Written], *, topic: str, basis: str, opens: bool, clicks: bool
) -> Content:  # fmt: skip
    """A template made ready to be sent, its ads as they are now."""
    known = consents.topic(topic)
    footing = Footing(
        settings.SITE_NAME, settings.MAILING_POSTAL_ADDRESS, known.name if known else topic, basis, opens, clicks
    )
    shown = cards(one for text in texts.values() for one in ads_of(text.blocks))
    return compiled(texts, default=settings.LANGUAGE_CODE, footing=footing, cards=shown)


def missing_ads(texts: Mapping[str, Written]) -> list[str]:
    """The ads of blocks that nobody can see (any more)."""
    wanted = {one for text in texts.values() for one in ads_of(text.blocks)}
    return sorted(wanted - cards(wanted).keys())


SAMPLE: Mapping[str, Any] = {
    "contact.name": "Anna Example",
    "contact.address": "anna@example.org",
    "contact.first_name": "Anna",
    "account.name": "Example Ltd",
}
"""What a preview is filled with where no recipient is chosen."""
