"""Staff may use the site only with a second factor."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from fairboard.people.actors import lacks_second_factor, member_of

_NEEDED = ("2fa", "confirm-email", "email", "inactive", "link", "login", "logout", "password", "reauthenticate")
_OPEN = ("/static/", "/health", "/language", *(f"/account/{page}/" for page in _NEEDED))
"""What staff need to set a second factor up; their account's tokens and the list of members are not among it."""
_SEEN = "second_factor_seen"


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to where one is set up; costs members and visitors nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and self._is_missing(request):
            messages.info(request, _("Staff sign in with a second factor. Please set one up first."))
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _is_missing(request: HttpRequest) -> bool:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(_OPEN):
            return False
        member = member_of(request)
        if member is None or not member.is_staff or request.session.get(_SEEN):
            return False
        if lacks_second_factor(member):
            return True
        request.session[_SEEN] = True
        return False
