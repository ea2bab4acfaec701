"""What the API refuses with, as exceptions: problem details (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import Any


class ApiError(Exception):
    """An answer that is no success. ``errors`` names fields: ``[{"field": "rows[3].amount", "message": ...}]``."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {body.get('detail') or body.get('title') or 'no further word'}")
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: Sequence[Mapping[str, str]] = body.get("errors", [])
        self.body = body


class Invalid(ApiError):
    """422 or 400: what was sent cannot be used."""


class Forbidden(ApiError):
    """401 or 403: the token does not permit this."""


class NotFound(ApiError):
    """404 or 410: it is not there, or not for this token."""


class Conflict(ApiError):
    """409: not possible now; ``candidates`` are the records a new one would double."""

    @property
    def candidates(self) -> Sequence[Any]:
        """The records that are there already."""
        found: Sequence[Any] = self.body.get("candidates", [])
        return found


class Stale(ApiError):
    """412: the record has another version by now."""


class TooMany(ApiError):
    """429, after all tries."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Invalid, 401: Forbidden, 403: Forbidden, 404: NotFound, 409: Conflict, 410: NotFound, 412: Stale,
    422: Invalid, 429: TooMany,
}  # fmt: skip


def error_of(status: int, body: Mapping[str, Any]) -> ApiError:
    """The exception for an answer."""
    return _BY_STATUS.get(status, ApiError)(status, body)
