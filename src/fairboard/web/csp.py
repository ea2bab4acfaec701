"""The content security policy: one text for every page that asks for nothing of its own."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

_OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt", "_csp_exempt_ro")


class OnePolicyMiddleware(CSPMiddleware):
    """django-csp's middleware, which builds the policy anew for every response, with the plain one kept."""

    @cached_property
    def plain(self) -> str:
        """The policy of the settings."""
        return str(build_policy())

    def process_request(self, request: HttpRequest) -> None:
        """No page here has a script in it, so none needs a nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        if any(hasattr(response, name) for name in _OWN):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.plain)
        return response
