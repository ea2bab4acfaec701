"""Shapes of the API that every room shares."""

from ninja import Schema


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
