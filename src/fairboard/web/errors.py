"""Every error as a page a person can read, or as problem details for a program."""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fairboard.kit.problems import Forbidden, NotFound, Problem

log = logging.getLogger("fairboard.web")


class ProblemMiddleware:
    """Turns a Problem a view raised into the answer it stands for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 410 and not response.has_header("Cache-Control"):
            # A browser may keep a bare 410 for ever (RFC 9110, 15.5.11); an ad may come back on appeal.
            response["Cache-Control"] = "no-cache"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer problems; leave everything else to Django."""
        if isinstance(exception, DataError) and "NUL (0x00)" in str(exception):
            return bad_request(request, exception)  # PostgreSQL keeps no such text; SQLite just finds nothing
        return answer(request, exception) if isinstance(exception, Problem) else None


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The response of a problem: JSON under /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(
            problem.as_dict(request.path), status=problem.status, content_type="application/problem+json"
        )
    else:
        response = render(
            request,
            "web/error.html",
            {"status": problem.status, "title": str(problem.title), "detail": problem.detail},
            status=problem.status,
        )
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


class _BadRequest(Problem):
    code = "bad-request"
    title = gettext_lazy("This request cannot be read")


class _ServerError(Problem):
    status = 500
    code = "server-error"
    title = gettext_lazy("Something broke on our side")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, for what Django itself refuses."""
    return answer(request, _BadRequest(_("Something in the address or the form is damaged. Please try again.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return answer(request, Forbidden(_("Your account does not have access to this page.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return answer(request, NotFound(_("There is nothing at this address. It may have been mistyped.")))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose protection token is missing or old."""
    return answer(request, Forbidden(_("The form was open too long. Go back, reload the page and send it again.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: the error itself is in the log, never on the page."""
    return answer(request, _ServerError(_("We have been told. Please try again in a moment.")))
