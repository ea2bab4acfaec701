"""Problems: what a service refuses, as a program reads it (RFC 9457)."""

import pytest

from fairboard.kit import problems
from fairboard.kit.problems import Invalid, Problem, TooMany


def test_a_problem_of_one_field_names_it() -> None:
    problem = Invalid("There is no such role.", field="role")
    assert problem.errors == [{"field": "role", "message": "There is no such role."}]
    assert problem.as_dict("/members") == {
        "type": "https://fairboard.invalid/problems/invalid", "title": "Please check what you entered", "status": 422,
        "detail": "There is no such role.", "code": "invalid", "instance": "/members", "errors": problem.errors,
    }  # fmt: skip


def test_a_problem_of_several_fields_names_each() -> None:
    errors = [{"field": "title", "message": "Too short."}, {"field": "place", "message": "Unknown."}]
    problem = Invalid("Look again.", field="ignored", errors=errors)
    assert problem.errors == errors
    assert problem.as_dict()["errors"] == errors


def test_a_problem_of_no_field_lists_none() -> None:
    body = Problem("Something.").as_dict()
    assert "errors" not in body
    assert "instance" not in body


def test_what_else_is_known_is_told() -> None:
    assert TooMany("Wait.", retry_after=7).as_dict()["retry_after"] == 7


def test_no_two_problems_share_a_code() -> None:
    kinds = [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, Problem)]
    assert len({kind.code for kind in kinds}) == len(kinds)


@pytest.mark.parametrize("kind", ["Invalid", "SignInNeeded", "Forbidden", "NotFound", "Conflict", "Gone", "TooMany"])
def test_a_problem_raised_without_words_still_has_a_title(kind: str) -> None:
    body = getattr(problems, kind)().as_dict()
    assert body["title"]
    assert 400 <= body["status"] < 500
