"""Choosing a place, browsing and searching. The address of a page is the search it shows."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.problems import NotFound
from fairboard.market import catalogue
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.findable import found_at
from fairboard.market.queries import places as place_queries
from fairboard.market.queries.address import Wanted, wanted_from
from fairboard.market.queries.plan import schema_of
from fairboard.market.queries.search import SORTS, count, search
from fairboard.market.queries.structured import breadcrumb_node
from fairboard.ui import listbar

PLACE_COOKIE = "fairboard_place"
SORT_LABELS = {
    "newest": gettext_lazy("Newest first"),
    "price": gettext_lazy("Price, lowest first"),
    "-price": gettext_lazy("Price, highest first"),
    "relevance": gettext_lazy("Best match"),
}


def places(request: HttpRequest) -> HttpResponse:
    """Choose a place by typing or from a list."""
    text = request.GET.get("q", "").strip()
    country = catalogue.current().places.get(request.GET.get("country", ""))
    found = place_queries.find_places(text, size=30) if text else []
    if len(found) == 1 and not request.headers.get("HX-Request"):
        return redirect("market:browse", place=found[0].code)
    cities = [row for row in catalogue.current().cities_by_size if country and row.country == country.country]
    return render(
        request,
        "market/places.html",
        {
            "q": text,
            "places": found,
            "country": country,
            "countries": catalogue.current().countries,
            "cities": cities[:200],
            "popular": place_queries.popular_cities(size=24),
        },
    )


def place_options(request: HttpRequest) -> HttpResponse:
    """The suggestions below a city field, as ``<option>`` elements for htmx."""
    found = place_queries.find_places(request.GET.get("place", "") or request.GET.get("q", ""), size=8)
    return render(request, "market/_place_options.html", {"places": found})


def browse(request: HttpRequest, place: str, category: str = "") -> HttpResponse:
    """The ads of a place, and of a category there."""
    known = catalogue.current()
    if place not in known.places or (category and category not in known.categories):
        raise NotFound(_("There is no such place or category here."))
    response = _listing(request, known.places[place], known.categories.get(category))
    if known.places[place].kind in {"city", "district"} and request.COOKIES.get(PLACE_COOKIE) not in (
        None,
        place,
    ):
        response.set_cookie(
            PLACE_COOKIE, place, max_age=31_536_000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def search_page(request: HttpRequest) -> HttpResponse:
    """A search from the box: words, and the place somebody typed or chose."""
    known = catalogue.current()
    typed = request.GET.get("place", "").strip()
    place = place_queries.place_by_text(typed) if typed else None
    category = known.categories.get(request.GET.get("category", ""))
    return _listing(request, place, category, unknown_place=typed if typed and place is None else "")


def _listing(
    request: HttpRequest, place: PlaceRow | None, category: CategoryRow | None, *, unknown_place: str = ""
) -> HttpResponse:
    wanted = wanted_from(dict(request.GET.lists()), place, category)
    page = search(wanted.search)
    total, is_more = count(wanted.search) if not wanted.search.cursor else (len(page.items), True)
    here = _Address(request, place, category)
    known = catalogue.current()
    section = known.categories.get(category.section) if category else None
    return render(
        request,
        "market/listing.html",
        {
            "cards": page.items,
            "q": wanted.search.words,
            "place": place,
            "unknown_place": unknown_place,
            "category": category,
            "section": section,
            "sections": [here.category_link(row) for row in known.sections],
            "subcategories": [here.category_link(known.categories[slug]) for slug in section.children]
            if section
            else [],
            "all_url": here.everything(),
            "total": total,
            "total_more": is_more,
            "filters": filter_controls(wanted),
            "chips": here.chips(wanted),
            "errors": wanted.query.errors,
            "sort": wanted.search.sort,
            "sorts": [
                {"key": key, "label": str(SORT_LABELS[key]), "current": key == wanted.search.sort}
                for key in SORTS
                if key != "relevance" or wanted.search.words
            ],
            "form_action": here.path,
            "next_url": here.with_cursor(page.next_cursor),
            "previous_url": here.with_cursor(page.previous_cursor),
            "is_first": not wanted.search.cursor,
            "found": found_at(here.canonical(), asked=request.GET.get("lang", "")),
            "breadcrumbs": here.breadcrumbs(),
            "structured_line": breadcrumb_node(here.breadcrumbs()),
        },
    )


def filter_controls(wanted: Wanted) -> list[listbar.Control]:
    """The filter panel: one control for each thing the category can be filtered by, with what was typed."""
    currency = wanted.place.currency if wanted.place else ""
    return listbar.controls(schema_of(wanted.category), wanted.query, units={"price": currency})


class _Address:
    """Addresses of neighbouring searches: another category, one filter less, the next page."""

    def __init__(self, request: HttpRequest, place: PlaceRow | None, category: CategoryRow | None) -> None:
        self.request = request
        self.place = place
        self.category = category
        self.pairs = [
            (name, value) for name, values in request.GET.lists() for value in values if value and name != "cursor"
        ]
        self.top = reverse("market:browse", kwargs={"place": place.code}) if place else reverse("market:search")
        self.path = self._path(category)

    def _path(self, category: CategoryRow | None) -> str:
        # Pieced together: a page names a dozen categories, and each `reverse` costs as much as a small query.
        return f"{self.top}for/{category.slug}/" if self.place and category else self.top

    def category_link(self, row: CategoryRow) -> dict[str, object]:
        """The same words and place in another category."""
        kept = [(name, value) for name, value in self.pairs if name in {"q", "sort"}]
        if self.place is None:
            kept.append(("category", row.slug))
        here = self.category
        return {
            "slug": row.slug, "name": row.name, "icon": row.icon, "count": row.live_count,
            "href": self._join(self._path(row), kept),
            "current": here is not None and (here.slug == row.slug or here.section == row.slug),
        }  # fmt: skip

    def everything(self) -> str:
        """The same words and place in every category."""
        return self._join(self._path(None), [pair for pair in self.pairs if pair[0] in {"q", "sort"}])

    def with_cursor(self, cursor: str) -> str:
        """Another page of this search; empty when there is none."""
        return self._join(self.path, [*self.pairs, ("cursor", cursor)]) if cursor else ""

    def canonical(self) -> str:
        """The address search engines should keep: without sorting and pages."""
        return self._join(self.path, [(name, value) for name, value in self.pairs if name == "q"])

    def breadcrumbs(self) -> list[dict[str, str]]:
        """From the country down to here."""
        known = catalogue.current()
        line = [known.place_by_pk[pk] for pk in self.place.ancestors] if self.place else []
        crumbs = [{"label": row.name, "href": f"/in/{row.code}/"} for row in line]
        if self.category and self.category.parent:
            section = known.categories[self.category.section]
            crumbs.append({"label": section.name, "href": self._path(section)})
        if self.category:
            crumbs.append({"label": self.category.name, "href": self._path(self.category)})
        return crumbs

    def chips(self, wanted: Wanted) -> list[dict[str, str]]:
        """What is filtered by now, each with the address of the list without it."""
        labels = {"price": _("Price")} | {
            spec.key: _(spec.label) for spec in (wanted.category.specs if wanted.category else ())
        }
        chips = []
        for name, value in self.pairs:
            key, _dot, operator = name.partition(".")
            if name == "q":
                label = f"“{value}”"
            elif key in labels:
                sign = {"gte": "≥ ", "lte": "≤ "}.get(operator, "")
                label = f"{labels[key]}: {sign}{self._value_label(wanted, key, value)}"
            else:
                continue
            rest = [pair for pair in self.pairs if pair != (name, value)]
            chips.append({"label": label, "href": self._join(self.path, rest)})
        return chips

    @staticmethod
    def _value_label(wanted: Wanted, key: str, value: str) -> str:
        spec = wanted.category.spec_by_key.get(key) if wanted.category else None
        if spec and spec.type == "yesno":
            return _("Yes") if value == "yes" else _("No")
        return next((_(choice.label) for choice in spec.choices if choice.key == value), value) if spec else value

    @staticmethod
    def _join(path: str, pairs: list[tuple[str, str]]) -> str:
        return f"{path}?{urlencode(pairs)}" if pairs else path
