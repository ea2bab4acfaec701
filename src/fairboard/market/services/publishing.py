"""Making an ad visible and invisible: its state, its card and its index entry, always together."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from fairboard.fields import field_type
from fairboard.kit import money
from fairboard.market import catalogue, index
from fairboard.market.models import Ad, Card, Photo, Revision
from fairboard.market.pricing import price_terms
from fairboard.market.words import index_words

TERM = timedelta(days=60)
EXCERPT = 180


def position_at(at: datetime) -> int:
    """A place in the newest-first order: microseconds, then 6 random bits against equal moments."""
    return int(at.timestamp() * 1_000_000) << 6 | secrets.randbits(6)


def put_live(
    *, pairs: Sequence[tuple[Ad, Revision]], at: datetime, first_position: int | None = None
) -> None:
    """Make revisions the visible version of their ads, in the caller's transaction.

    The caller has the gate's or the desk's permission; several ads are written together.
    """
    take_down(ads=[ad for ad, _ in pairs if ad.live_id])
    start = position_at(at) if first_position is None else first_position
    cards, entries = [], []
    for offset, (ad, revision) in enumerate(pairs):
        ad.state, ad.live, ad.current = "live", revision, ad.current or revision
        ad.published_at = ad.published_at or at
        ad.expires_at = ad.expires_at if ad.expires_at and ad.expires_at > at else at + TERM
        cards.append(_card(ad, revision, start + offset))
        entries.append(index.Entry(start + offset, tokens_of(revision)))
    Ad.objects.bulk_update(
        [ad for ad, _ in pairs], ["state", "live", "current", "published_at", "expires_at"], batch_size=200
    )
    Card.objects.bulk_create(cards, batch_size=300)
    index.add(entries)
    shown = [photo for _, revision in pairs for photo in revision.photos]
    if shown:
        Photo.objects.filter(public_id__in=shown).update(is_public=True)


def take_down(*, ads: Sequence[Ad]) -> None:
    """Remove the cards, index entries and public photos of ads, in the caller's transaction.

    The ad's state is the caller's to set.
    """
    if not ads:
        return
    cards = list(Card.objects.filter(ad__in=ads).select_related("revision"))
    index.remove([index.Entry(card.position, tokens_of(card.revision)) for card in cards])
    Card.objects.filter(position__in=[card.position for card in cards]).delete()
    hidden = [photo for card in cards for photo in card.revision.photos]
    if hidden:
        Photo.objects.filter(public_id__in=hidden).update(is_public=False)


def tokens_of(revision: Revision) -> list[str]:
    """Every word and term a revision is found by; the same for ever, since a revision never changes."""
    known = catalogue.current()
    place = known.place_by_pk[revision.place_id]
    category = known.category_by_pk[revision.category_id]
    terms = [f"p_{pk}" for pk in place.ancestors] + [f"c_{pk}" for pk in category.line]
    labels = []
    for key, value in revision.attributes.items():
        spec = category.spec_by_key.get(key)
        if spec is None:
            continue
        kind = field_type(spec.type)
        typed = kind.from_json(value, spec)
        terms += kind.index_terms(key, typed, spec)
        if spec.type in {"choice", "multichoice", "text"}:
            labels.append(str(kind.format(typed, spec)))
    if revision.price_minor is not None:
        terms += price_terms(revision.price_minor, revision.currency)
    if revision.photos:
        terms.append("f_photo")
    words = index_words(" ".join((revision.title, revision.body, *labels)), place.language)
    return [*words, *sorted(set(terms))]


def _card(ad: Ad, revision: Revision, position: int) -> Card:
    known = catalogue.current()
    place = known.place_by_pk[revision.place_id]
    photo = ""
    if revision.photos:
        first = Photo.objects.filter(public_id=revision.photos[0]).first()
        photo = f"{first.public_id}:{first.colour}:{first.width}x{first.height}" if first else ""
    return Card(
        position=position, ad=ad, revision=revision, public_id=ad.public_id, title=revision.title,
        excerpt=" ".join(revision.body[: EXCERPT + 20].split())[:EXCERPT], price_minor=revision.price_minor,
        price=None if revision.price_minor is None else float(money.to_major(revision.price_minor, revision.currency)),
        currency=revision.currency, price_type=revision.price_type, place=place.code, place_name=place.label,
        category=known.category_by_pk[revision.category_id].slug, attributes=revision.attributes,
        photo=photo, photos=len(revision.photos), posted_at=ad.published_at,
    )  # fmt: skip
