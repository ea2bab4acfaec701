"""Shapes of the API that every room shares."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, cast

from ninja import Schema
from ninja.operation import Operation
from ninja.params.models import ParamModel
from pydantic import model_validator

# What checks a shape is built when a request needs it first: all of them at once take 0.25 s and 14 MiB.
for _base in (Schema, ParamModel):
    _base.model_config["defer_build"] = True
# ninja makes a class for each code an endpoint answers with, ten of them for problems: one for each shape is enough.
_response_model = lru_cache(maxsize=None)(partial(Operation._create_response_model, cast("Operation", None)))
Operation._create_response_model = staticmethod(_response_model)  # type: ignore[method-assign]


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
