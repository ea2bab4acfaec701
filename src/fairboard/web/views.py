"""The home page, the information pages and health."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from fairboard.kit import clock
from fairboard.market import catalogue
from fairboard.market.findable import found_at
from fairboard.market.queries.places import popular_cities
from fairboard.market.queries.plan import Search
from fairboard.market.queries.search import search
from fairboard.market.queries.structured import site_nodes
from fairboard.people.actors import actor_of, member_of
from fairboard.people.services.members import set_language
from fairboard.safety.routes import by_country
from fairboard.screening import policies

PLACE_COOKIE = "fairboard_place"


def home(request: HttpRequest) -> HttpResponse:
    """Choose a city, see the sections and what was just posted."""
    known = catalogue.current()
    place = known.places.get(request.COOKIES.get(PLACE_COOKIE, ""))

    there = reverse("market:browse", kwargs={"place": place.code}) if place else reverse("market:search")

    def href(slug: str) -> str:
        return f"{there}for/{slug}/" if place else f"{there}?category={slug}"

    sections = [
        {
            "section": section,
            "href": href(section.slug),
            "categories": [
                {
                    "name": known.categories[slug].name,
                    "href": href(slug),
                    "count": known.categories[slug].live_count,
                }
                for slug in section.children
            ],
        }
        for section in known.sections
    ]
    cards = search(Search(place=place, size=12)).items
    return render(
        request,
        "web/home.html",
        {
            "sections": sections,
            "cards": cards,
            "cities": popular_cities(),
            "place": place,
            "found": found_at("/", asked=request.GET.get("lang", "")),
            "structured": site_nodes(logo=static("ui/apple-touch-icon.png"), search=reverse("market:search")),
        },
    )


def about(request: HttpRequest) -> HttpResponse:
    """What this market is."""
    return render(request, "web/about.html")


def safety(request: HttpRequest) -> HttpResponse:
    """How to stay safe."""
    return render(request, "web/safety.html", {"routes": by_country(get_language() or "en")})


def rules(request: HttpRequest) -> HttpResponse:
    """What may be posted, from the policies that are enforced."""
    return render(request, "web/rules.html", {"policies": list(policies().values())})


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom."""
    return render(request, "web/privacy.html")


@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the site; a member's mails follow."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return render(request, "web/language.html", {"next": target, "languages": settings.LANGUAGES})
    member = member_of(request)
    if member:
        set_language(actor=actor_of(request), language=chosen, at=clock.now())
    response = redirect(target)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=timedelta(days=365),
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
