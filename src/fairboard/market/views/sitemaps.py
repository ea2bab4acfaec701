"""robots.txt and the sitemaps, written as they are read from the database."""

from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from fairboard.market.queries import sitemaps
from fairboard.market.queries.sitemaps import Entry

XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LARGEST_PART = 2**31
PRIVATE = ("/account/", "/api/", "/crm/", "/desk/", "/mail/", "/marketing/", "/messages/", "/my/", "/post/")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read: everything public but reports, and lists only as they stand, not in every order."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "Disallow: /ad/*/report"]
    lines += ["Disallow: /*?*cursor=", "Disallow: /*?*sort=", "", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps there are."""
    paths = [reverse("market:sitemap_places", args=[part]) for part in sitemaps.place_parts()]
    paths += [reverse("market:sitemap_ads", args=[part]) for part in sitemaps.ad_parts()]
    rows = "".join(f"<sitemap><loc>{escape(settings.BASE_URL + path)}</loc></sitemap>\n" for path in paths)
    return HttpResponse(f'{HEAD}<sitemapindex xmlns="{SPACE}">\n{rows}</sitemapindex>\n', content_type=XML)


@require_safe
def places(request: HttpRequest, part: int) -> StreamingHttpResponse:
    """Places with ads, and their categories."""
    return _written(sitemaps.places(part=part))


@require_safe
def ads(request: HttpRequest, part: int) -> StreamingHttpResponse:
    """Live ads."""
    return _written(sitemaps.ads(part=part) if part < LARGEST_PART else ())


def _written(entries: Iterable[Entry]) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines(entries), content_type=XML)


def _lines(entries: Iterable[Entry]) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{SPACE}">\n'
    one: Callable[[Entry], str] = _line
    yield from map(one, entries)
    yield "</urlset>\n"


def _line(entry: Entry) -> str:
    changed = f"<lastmod>{entry.changed_at.isoformat(timespec='seconds')}</lastmod>" if entry.changed_at else ""
    return f"<url><loc>{escape(settings.BASE_URL + entry.path)}</loc>{changed}</url>\n"
