"""Shapes of the API that every room shares."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import model_validator


class BodySchema(Schema):
    """What is sent in a body: a JSON object, nothing else that happens to have attributes."""

    @model_validator(mode="before")
    @classmethod
    def _is_object(cls, given: Any) -> Any:
        if not isinstance(getattr(given, "_obj", given), Mapping):
            raise ValueError("Send a JSON object.")
        return given


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str
    message: str


class ProblemOut(Schema):
    """Problem details (RFC 9457), with the fields concerned."""

    type: str
    title: str
    status: int
    detail: str = ""
    code: str
    instance: str = ""
    errors: list[FieldProblem] = []


PROBLEMS = frozenset({400, 401, 403, 404, 405, 409, 410, 415, 422, 429})
"""Every status a request can be refused with."""
