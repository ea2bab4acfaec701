"""Shapes of the API that every room shares."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from ninja import Schema
from ninja.operation import Operation
from pydantic import model_validator

_made_by_ninja = Operation._create_response_model


@cache
def _answer_model(shape: Any) -> Any:
    return _made_by_ninja(None, shape)  # type: ignore[arg-type]


# django-ninja makes a class for every status of every operation, and nearly every status is a ProblemOut: more than a
# thousand equal classes, each of which takes time at the start and memory after it. One for each shape is enough.
Operation._create_response_model = lambda self, shape: _answer_model(shape)  # type: ignore[method-assign,assignment]


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
