"""Reading one ad: its page, what its owner sees, what other rooms may ask."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext

from fairboard.fields import FieldSpec, field_type
from fairboard.kit.actors import Actor
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.models import Ad
from fairboard.safety.queries.access import may_see
from fairboard.ui.filters import date_text, number_text


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of an ad with the addresses of its sizes."""

    id: str
    width: int
    height: int
    colour: str
    small: str
    medium: str
    large: str


@dataclass(frozen=True, slots=True)
class AdRow:
    """An ad as its page shows it. ``latitude`` and ``longitude`` are those of the place, not the seller."""

    id: str
    pk: int
    state: str
    title: str
    body: str
    price_minor: int | None
    currency: str
    price_type: str
    place: PlaceRow
    category: CategoryRow
    attributes: dict[str, Any]
    facts: tuple[tuple[str, str], ...]
    photos: tuple[PhotoRow, ...]
    seller_id: str
    seller_name: str
    seller_since: datetime
    revision: int
    verdict: str
    created_at: datetime
    published_at: datetime | None
    expires_at: datetime | None
    is_own: bool = False
    pending_revision: int = 0
    external_id: str = field(default="")

    @property
    def path(self) -> str:
        """The address of the ad's page."""
        return ad_path(self.id)


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """What other rooms need to know of an ad to let somebody answer it."""

    pk: int
    ad_id: str
    title: str
    url: str
    seller_id: str
    seller_name: str
    category: str
    place: str
    country: str
    is_live: bool
    thumbnail_url: str


def ad_path(ad_id: str) -> str:
    """The address of an ad's page; lists have many, and `reverse` takes its time."""
    return f"/ad/{ad_id}"


def photo_rows(ids: list[str]) -> tuple[PhotoRow, ...]:
    """The photos of these ids, in their order; one query."""
    if not ids:
        return ()
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(  # only the number of marks is put into the text
            f"SELECT public_id, width, height, colour FROM market_photo WHERE public_id IN ({marks})", ids
        )
        found = {row[0]: row for row in cursor.fetchall()}
    return tuple(photo_row(*found[one]) for one in ids if one in found)


def photo_row(public_id: str, width: int, height: int, colour: str) -> PhotoRow:
    """A photo with its addresses."""
    return PhotoRow(
        public_id, width, height, colour,
        photo_address(public_id, "s"), photo_address(public_id, "m"), photo_address(public_id, "l"),
    )  # fmt: skip


def photo_address(photo_id: str, size: str) -> str:
    """Where a size of a photo is served."""
    return f"/photo/{photo_id}/{size}.webp"


def ad_for(*, ad_id: str, actor: Actor) -> AdRow | None:
    """The ad as this actor may see it: everybody a live one, its owner and the desk any.

    The owner and the desk see the newest version, everybody else the visible one.
    """
    if len(ad_id) > 16:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [actor.id, ad_id])
        row = cursor.fetchone()
        found = dict(zip((column[0] for column in cursor.description), row, strict=True)) if row else None
    if found is None:
        return None
    is_own = bool(actor.id) and found["seller_id"] == actor.id
    is_deleted = found.pop("deleted_at") is not None
    is_open = (is_own and not is_deleted) or found["state"] == "live"
    if not is_open and not may_see(kind="ad", subject_id=ad_id, actor=actor):
        return None
    return _row(found, is_own)


@dataclass(frozen=True, slots=True)
class GoneRow:
    """An ad that is not there any more: where it was and what it was about."""

    place: PlaceRow
    category: CategoryRow
    title: str


def gone_ad(ad_id: str) -> GoneRow | None:
    """Where an ad that was seen once was, and its title if the gate allowed it; None when there never was one."""
    ad = Ad.objects.select_related("current").filter(public_id=ad_id[:16]).exclude(published_at=None).first()
    if ad is None or ad.current is None:
        return None
    known = catalogue.current()
    category = known.category_by_pk.get(ad.current.category_id)
    if category is None:
        return None
    shown = ad.state in {"sold", "expired", "withdrawn"} and ad.current.verdict == "allow"
    return GoneRow(known.place_by_pk[ad.current.place_id], category, ad.current.title if shown else "")


def state_of(ad_id: str) -> str:
    """The state of an ad whoever asks, empty when there never was one: gone ads answer 410."""
    found = Ad.objects.filter(public_id=ad_id[:16]).exclude(published_at=None).values_list("state", flat=True).first()
    return found or ""


# The hot path of the busiest page: one row by a plain cursor costs a fifth of four model instances.
# The owner is shown the newest version, everybody else the visible one.
_ONE = """
    SELECT a.public_id AS id, a.id AS pk, a.state, r.title, r.body, r.price_minor, r.currency, r.price_type, r.place_id,
           r.category_id, r.attributes, r.photos, s.public_id AS seller_id, s.display_name AS seller_name,
           s.created_at AS seller_since, r.number AS revision, r.verdict, a.created_at, a.published_at, a.expires_at,
           CASE WHEN a.live_id IS NOT NULL AND a.live_id <> a.current_id THEN n.number ELSE 0 END AS pending_revision,
           a.external_id, a.deleted_at
    FROM market_ad AS a
    JOIN people_member AS s ON s.id = a.seller_id
    JOIN market_revision AS n ON n.id = a.current_id
    JOIN market_revision AS r
      ON r.id = CASE WHEN a.live_id IS NULL OR s.public_id = %s THEN a.current_id ELSE a.live_id END
    WHERE a.public_id = %s
"""


def _row(found: dict[str, Any], is_own: bool) -> AdRow:
    known = catalogue.current()
    category = known.category_by_pk[found.pop("category_id")]
    place = known.place_by_pk[found.pop("place_id")]
    moments = {
        name: read_moment(found.pop(name)) for name in ("seller_since", "created_at", "published_at", "expires_at")
    }
    attributes, photos = read_json(found.pop("attributes")), read_json(found.pop("photos"))
    if not is_own:
        found["pending_revision"] = 0
    return AdRow(
        **found, **moments, place=place, category=category, attributes=attributes, facts=facts(category, attributes),
        photos=photo_rows(photos), is_own=is_own,
    )  # fmt: skip


def read_json(kept: Any) -> Any:
    """A JSON column as a plain cursor gives it: text, or on some databases the value."""
    return orjson.loads(kept) if isinstance(kept, str | bytes) else kept


def read_moment(kept: Any) -> Any:
    """A moment as a plain cursor gives it, text in UTC on SQLite, or None."""
    if isinstance(kept, str):
        kept = datetime.fromisoformat(kept)
    return kept.replace(tzinfo=UTC) if kept is not None and kept.tzinfo is None else kept


def facts(category: CategoryRow, attributes: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The attributes as people read them: label and value, in the category's order."""
    shown = []
    for spec in category.specs:
        if spec.key in attributes:
            shown.append((spec.label, fact(spec, attributes[spec.key])))
    return tuple(shown)


def fact(spec: FieldSpec, kept: Any) -> str:
    """An attribute's value as the reader's language writes it: numbers, dates, choices."""
    kind = field_type(spec.type)
    typed = kind.from_json(kept, spec)
    if spec.type in {"choice", "multichoice"}:
        keys = [typed] if spec.type == "choice" else list(typed)
        labels = {one.key: gettext(one.label) for one in spec.choices}
        return ", ".join(labels.get(key, str(key)) for key in keys)
    if spec.type == "date":
        return date_text(typed)
    said = str(kind.format(typed, spec))
    if spec.type in {"number", "money"} and "," in said:
        said = f"{number_text(float(typed))} {spec.unit}".strip()
    return gettext(said) if spec.type == "yesno" else said


def contact_point(ad_id: str) -> ContactPoint | None:
    """What is needed to answer an ad; None when there is no such ad."""
    ad = Ad.objects.select_related("seller", "live", "current").filter(public_id=ad_id).first()
    revision = (ad.live or ad.current) if ad else None
    if ad is None or revision is None:
        return None
    known = catalogue.current()
    place = known.place_by_pk[revision.place_id]
    return ContactPoint(
        ad.pk, ad.public_id, revision.title, ad.path, ad.seller.public_id, ad.seller.display_name,
        known.category_by_pk[revision.category_id].slug, place.code, place.country, ad.state == "live",
        photo_address(revision.photos[0], "s") if revision.photos else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in an ad's history, for its owner and the desk."""

    number: int
    title: str
    body: str
    verdict: str
    submission_id: str
    created_at: datetime
    is_live: bool


def versions(*, ad_id: str, actor: Actor) -> list[VersionRow]:
    """Every version of an ad, newest first; empty for anybody but its owner and the desk."""
    ad = Ad.objects.select_related("seller").filter(public_id=ad_id).first()
    if ad is None or (ad.seller.public_id != actor.id and not may_see(kind="ad", subject_id=ad_id, actor=actor)):
        return []
    return [
        VersionRow(one.number, one.title, one.body, one.verdict, one.submission_id, one.created_at,
                   one.pk == ad.live_id)
        for one in ad.revisions.order_by("-number")[:100]
    ]  # fmt: skip
