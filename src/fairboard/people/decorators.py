"""Who may call a view, said beside it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from fairboard.kit.problems import Forbidden
from fairboard.people.actors import actor_of, member_of

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]


def sign_in_required(view: View[Arguments]) -> View[Arguments]:
    """Send visitors to the sign-in page and bring them back afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        if member_of(request) is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def permission_required(permission: str) -> Callable[[View[Arguments]], View[Arguments]]:
    """Let only roles with the permission in; visitors are asked to sign in, others refused."""

    def decorate(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        @sign_in_required
        def guarded(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
            if not actor_of(request).can(permission):
                raise Forbidden
            return view(request, *args, **kwargs)

        return guarded

    return decorate
