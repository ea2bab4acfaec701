"""Errors a person can read: each service raises its own, each carries its HTTP status.

On a page they become a message beside the field or an error page; in the API they become problem
details (RFC 9457).
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Problem(Exception):
    """Something that could not be done, said in the user's words."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str | Promise] = gettext_lazy("That did not work")

    def __init__(self, detail: str = "", *, field: str = "", **extra: Any) -> None:
        super().__init__(detail)
        self.detail = str(detail)
        self.field = field
        self.extra = extra

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong, field by field: ``[{"field": ..., "message": ...}]``."""
        given: list[dict[str, str]] = self.extra.get("errors", [])
        if given:
            return given
        return [{"field": self.field, "message": self.detail}] if self.field else []

    def as_dict(self, instance: str = "") -> dict[str, Any]:
        """The problem details object of RFC 9457."""
        body: dict[str, Any] = {
            "type": f"https://fairboard.invalid/problems/{self.code}",
            "title": str(self.title),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if instance:
            body["instance"] = instance
        if self.errors:
            body["errors"] = self.errors
        body.update({key: value for key, value in self.extra.items() if key != "errors"})
        return body


class Invalid(Problem):
    """What was sent cannot be used; ``errors`` names each field."""

    status = 422
    code = "invalid"
    title = gettext_lazy("Please check what you entered")


class SignInNeeded(Problem):
    """The caller must say who they are first."""

    status = 401
    code = "sign-in-needed"
    title = gettext_lazy("Please sign in")


class Forbidden(Problem):
    """The caller may not do this."""

    status = 403
    code = "forbidden"
    title = gettext_lazy("You may not do this")


class NotFound(Problem):
    """There is no such thing, or none this caller may know of."""

    status = 404
    code = "not-found"
    title = gettext_lazy("Not found")


class Conflict(Problem):
    """The thing is in a state in which this cannot be done."""

    status = 409
    code = "conflict"
    title = gettext_lazy("That is not possible now")


class Gone(Problem):
    """It was here once and will not come back."""

    status = 410
    code = "gone"
    title = gettext_lazy("This is gone")


class TooMany(Problem):
    """A limit was reached; ``retry_after`` seconds say when to come back."""

    status = 429
    code = "too-many"
    title = gettext_lazy("Too many at once")
