"""Places and categories."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from fairboard.kit.problems import NotFound
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow
from fairboard.market.queries.places import find_places, popular_cities
from fairboard.market.queries.suggesting import suggest_categories
from fairboard.market.schemas import CategoryOut, PlaceOut

router = Router(tags=["places and categories"])


@router.get("/places", response={200: list[PlaceOut], PROBLEMS: ProblemOut})
def list_places(
    request: HttpRequest,
    q: str = Query("", max_length=100, description="How the name begins."),
    country: str = Query("", max_length=2, description="Every city of a country (ISO 3166-1)."),
    limit: int = Query(20, ge=1, le=500),
) -> Any:
    """Places by name, or the cities of a country, the largest first."""
    if q.strip():
        return find_places(q, size=limit)
    if country:
        known = catalogue.current().cities_by_size
        return [row for row in known if row.country == country.upper()][:limit]
    return popular_cities(size=limit)


@router.get("/places/{path:code}", response={200: PlaceOut, PROBLEMS: ProblemOut})
def read_place(request: HttpRequest, code: str = Path(..., max_length=120)) -> Any:
    """One place."""
    row = catalogue.current().places.get(code)
    if row is None:
        raise NotFound(_("There is no such place."))
    return row


@router.get("/categories", response={200: list[CategoryOut], PROBLEMS: ProblemOut})
def list_categories(
    request: HttpRequest, title: str = Query("", max_length=120, description="Suggest some for this title.")
) -> Any:
    """Every section and category with its attributes, or those a title suggests."""
    rows = suggest_categories(title) if title.strip() else catalogue.current().categories.values()
    return [_row(row) for row in rows]


@router.get("/categories/{path:slug}", response={200: CategoryOut, PROBLEMS: ProblemOut})
def read_category(request: HttpRequest, slug: str = Path(..., max_length=80)) -> Any:
    """One category."""
    row = catalogue.current().categories.get(slug)
    if row is None:
        raise NotFound(_("There is no such category."))
    return _row(row)


def _row(row: CategoryRow) -> dict[str, Any]:
    return {
        "slug": row.slug, "name": row.name, "parent": row.parent, "icon": row.icon, "hint": row.hint,
        "price_types": list(row.price_types), "attributes": [spec.to_dict() for spec in row.specs],
        "live_count": row.live_count,
    }  # fmt: skip
