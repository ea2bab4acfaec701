"""The API: one NinjaAPI, each room's router mounted under its name, every error as problem details."""

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from fairboard.crm.api import router as crm
from fairboard.kit.problems import Invalid, NotFound, Problem
from fairboard.market.api import ads, places
from fairboard.marketing.api import router as marketing
from fairboard.people.api import router as people
from fairboard.safety.api import router as safety
from fairboard.talk.api import router as talk

log = logging.getLogger("fairboard.api")
TWICE = "/safety/"
PROBLEM_JSON = "application/problem+json"


class _Described(OpenAPISchema):
    """Does not complain on the console that the desk's second addresses bear the names of the first."""

    def operation_details(self, operation: Operation) -> Any:
        self.all_operation_ids.clear()
        return super().operation_details(operation)


class FairboardAPI(NinjaAPI):
    """NinjaAPI whose description says what its errors and its authentication are."""

    _described: dict[str, Any] = {}

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> Any:
        """The OpenAPI description: errors as problem details, a bearer token wherever one may be sent.

        Made once for a prefix: it takes three seconds.
        """
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._described:
            self._described[prefix] = self._description(prefix)
        return self._described[prefix]

    def _description(self, prefix: str) -> Any:
        schema = _Described(self, prefix)
        schema.setdefault("components", {})["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
        }
        schema["security"] = [{}, {"token": []}, {"session": []}]
        # The desk answers under /safety too; it is described once.
        schema["paths"] = {path: one for path, one in schema["paths"].items() if TWICE not in path}
        for operations in schema["paths"].values():
            for operation in operations.values():
                _describe_problems(operation)
                operation["responses"]["414"] = {"description": "The address is longer than the server reads."}
        return schema


def _describe_problems(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content[PROBLEM_JSON] = content.pop("application/json")


api = FairboardAPI(
    title="Fairboard API",
    version="1.0.0",
    description="Everything the pages can do. Send `Authorization: Bearer TOKEN`; reading the market needs none.",
    urls_namespace="api-v1",
    docs_url=None,
)
api.add_router("", ads.router)
api.add_router("", places.router)
api.add_router("", talk)
api.add_router("", safety)
api.add_router("/safety", safety, url_name_prefix="safety_")
api.add_router("", people)
api.add_router("", crm)
api.add_router("", marketing)


class _Unreadable(Problem):
    code = "unreadable"
    title = gettext_lazy("This request cannot be read")


class _Broken(Problem):
    status = 500
    code = "server-error"
    title = gettext_lazy("Something broke on our side")


def _answer(request: HttpRequest, problem: Problem, status: int = 0) -> HttpResponse:
    body = problem.as_dict(request.path)
    body["status"] = status or problem.status
    response = JsonResponse(body, status=body["status"], content_type=PROBLEM_JSON)
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Fairboard"'
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return _answer(request, error)


@api.exception_handler(ValidationError)
def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": _field(one["loc"]), "message": str(one["msg"])} for one in error.errors]
    return _answer(request, Invalid(_("Some values cannot be used."), errors=errors))


def _field(location: Any) -> str:
    """``("body", "draft", "price")`` as the sender knows it: ``price``."""
    parts = [str(part) for part in location]
    return ".".join(parts[2:] if parts[0] == "body" and len(parts) > 2 else parts[1:]) or parts[0]


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, NotFound(_("There is no such thing.")))


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, _Unreadable(str(error)), error.status_code)


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return _answer(request, _Unreadable(_("The body of this request is damaged or too large.")))


@api.exception_handler(Exception)
def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return _answer(request, _Broken(_("We have been told. Please try again in a moment.")))
