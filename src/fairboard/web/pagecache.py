"""A page cache for visitors without a session, valid exactly as long as the ledger stands still.

Every change writes an event, so the number of the newest event says whether anything changed since a
page was made. A page is kept a few seconds at most, for what changes by time alone.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from fairboard.ledger.queries import last_event_number

MOST_PAGES = 2_000
LARGEST_PAGE = 512_000


@dataclass(frozen=True, slots=True)
class _Kept:
    event: int
    until: float
    body: bytes
    headers: tuple[tuple[str, str], ...]


class PageCacheMiddleware:
    """Answers a visitor's GET from memory while nothing has changed; members always get a fresh page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.seconds = float(settings.MARKET_PAGE_CACHE_SECONDS)
        self.pages: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self.lock = Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.seconds <= 0 or not _is_cacheable(request):
            return self.get_response(request)
        key = _key(request)
        event = last_event_number()
        kept = self.pages.get(key)
        if kept and kept.event == event and kept.until > time.monotonic():
            return HttpResponse(kept.body, headers={**dict(kept.headers), "Content-Length": str(len(kept.body))})
        response = self.get_response(request)
        if _is_keepable(response):
            self._keep(key, event, response)
        return response

    def _keep(self, key: tuple[str, ...], event: int, response: HttpResponse) -> None:
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        headers = tuple((name, value) for name, value in response.items() if name.lower() != "content-length")
        with self.lock:
            self.pages[key] = _Kept(event, time.monotonic() + self.seconds, response.content, headers)
            self.pages.move_to_end(key)
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)


def _is_cacheable(request: HttpRequest) -> bool:
    return (
        request.method == "GET"
        and not request.COOKIES
        and not request.path.startswith(("/api/", "/static/", "/account/", "/photo/", "/health"))
        and "HTTP_AUTHORIZATION" not in request.META
    )


def _key(request: HttpRequest) -> tuple[str, ...]:
    return (
        request.get_host(),
        request.get_full_path(),
        request.META.get("HTTP_ACCEPT_LANGUAGE", ""),
        request.META.get("HTTP_HX_REQUEST", ""),
    )


def _is_keepable(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and len(response.content) <= LARGEST_PAGE
    )
