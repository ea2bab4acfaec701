"""Places and categories, read once per process: a few thousand rows that hardly ever change.

Everything that touches them by code or slug goes through here; `reload` is called after a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from fairboard.fields import FieldSpec
from fairboard.market.models import Category, Place


@dataclass(frozen=True)
class PlaceRow:
    """A place as the rest of the room uses it; ``ancestors`` are ids from the country down to itself."""

    pk: int
    code: str
    name: str
    kind: str
    parent: str
    ancestors: tuple[int, ...]
    label: str
    currency: str
    language: str
    time_zone: str
    country: str
    country_name: str
    latitude: float | None
    longitude: float | None
    population: int
    search_name: str = ""
    live_count: int = 0

    @property
    def term(self) -> str:
        """The index term every ad in this place carries."""
        return f"p_{self.pk}"


def pair_term(place: int, category: int) -> str:
    """The index term of ads that are in this place and in this category: one short list instead of two long ones."""
    return f"pc_{place}_{category}"


@dataclass(frozen=True)
class CategoryRow:
    """A category as the rest of the room uses it; ``line`` are ids from its section down to itself."""

    pk: int
    slug: str
    name: str
    parent: str
    line: tuple[int, ...]
    icon: str
    hint: str
    keywords: tuple[str, ...]
    price_types: tuple[str, ...]
    advice: tuple[str, ...]
    schema_type: str
    specs: tuple[FieldSpec, ...] = field(repr=False)
    children: tuple[str, ...] = ()
    live_count: int = 0

    @property
    def term(self) -> str:
        """The index term every ad in this category carries."""
        return f"c_{self.pk}"

    @property
    def section(self) -> str:
        """The slug of the section it belongs to."""
        return self.slug.split("/")[0]

    @cached_property
    def spec_by_key(self) -> Mapping[str, FieldSpec]:
        """Its attributes by key."""
        return {spec.key: spec for spec in self.specs}


@dataclass(frozen=True)
class Catalogue:
    """Every place by code and every category by slug."""

    places: Mapping[str, PlaceRow]
    categories: Mapping[str, CategoryRow]

    @cached_property
    def sections(self) -> tuple[CategoryRow, ...]:
        """The top categories, in their order."""
        return tuple(row for row in self.categories.values() if not row.parent)

    @cached_property
    def countries(self) -> tuple[PlaceRow, ...]:
        """All countries by name."""
        found = [row for row in self.places.values() if row.kind == "country"]
        return tuple(sorted(found, key=lambda row: row.name))

    @cached_property
    def place_by_pk(self) -> Mapping[int, PlaceRow]:
        """Every place by its row id."""
        return {row.pk: row for row in self.places.values()}

    @cached_property
    def category_by_pk(self) -> Mapping[int, CategoryRow]:
        """Every category by its row id."""
        return {row.pk: row for row in self.categories.values()}

    @cached_property
    def cities_by_ads(self) -> tuple[PlaceRow, ...]:
        """The cities with ads, those with the most first."""
        return tuple(sorted((row for row in self.cities_by_size if row.live_count), key=lambda row: -row.live_count))

    @cached_property
    def cities_by_size(self) -> tuple[PlaceRow, ...]:
        """All cities, the largest first."""
        cities = [row for row in self.places.values() if row.kind == "city"]
        return tuple(sorted(cities, key=lambda row: -row.population))


_lock = Lock()
_kept: list[Catalogue] = []


def current() -> Catalogue:
    """The catalogue as last loaded."""
    if not _kept:
        with _lock:
            if not _kept:
                _kept.append(_load())
    return _kept[0]


def reload() -> None:
    """Forget what was loaded; the next use reads the database again."""
    _kept.clear()


def _load() -> Catalogue:
    rows = {row.pk: row for row in Place.objects.all()}
    places = {}
    for row in rows.values():
        line = [rows[pk] for pk in row.ancestors] or [row]
        country = line[0]
        region = next((above.name for above in line if above.kind == "region"), "")
        label = row.name if row is country else f"{row.name}, {region or country.name}"
        if row.kind == "district":
            label = f"{row.name}, {line[-2].name}"
        places[row.code] = PlaceRow(
            row.pk, row.code, row.name, row.kind, line[-2].code if len(line) > 1 else "", tuple(row.ancestors),
            label, row.currency, row.language, row.time_zone, country.code.upper(), country.name,
            row.latitude, row.longitude, row.population, row.search_name, row.live_count,
        )  # fmt: skip
    return Catalogue(places, _load_categories())


def _load_categories() -> dict[str, CategoryRow]:
    found = {row.pk: row for row in Category.objects.filter(is_active=True).order_by("position", "id")}
    children: dict[int, list[str]] = {}
    for row in found.values():
        if row.parent_id:
            children.setdefault(row.parent_id, []).append(row.slug)
    categories = {}
    for row in found.values():
        parent = found.get(row.parent_id) if row.parent_id else None
        categories[row.slug] = CategoryRow(
            row.pk, row.slug, row.name, parent.slug if parent else "",
            (parent.pk, row.pk) if parent else (row.pk,), row.icon, row.hint, tuple(row.keywords),
            tuple(row.price_types), tuple(row.advice), row.schema_type,
            tuple(FieldSpec.from_dict(spec) for spec in row.attributes), tuple(children.get(row.pk, ())),
            row.live_count,
        )  # fmt: skip
    return categories
