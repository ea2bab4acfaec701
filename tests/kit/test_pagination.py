"""Cursors: they come back as they were made, and anything else is a page address that is not complete."""

import base64
import json

import pytest

from fairboard.kit.pagination import decode_cursor, encode_cursor
from fairboard.kit.problems import Invalid


def packed(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize("values", [(1,), (2**62, "ä?&="), (1.5, 3), ("",)])
def test_a_cursor_comes_back_as_it_was_made(values: tuple[str | int | float, ...]) -> None:
    assert decode_cursor(encode_cursor(*values), [type(value) for value in values]) == values


@pytest.mark.parametrize(
    "text",
    [
        "x", "====", "ü", "a\x00b", packed(1), packed({"a": 1}), packed([]), packed([1, 2]), packed(["1"]),
        packed([True]), packed([None]), packed([1.0]), packed([2**63]), packed([-(2**63)]), "W" * 100_000,
    ],
)  # fmt: skip
def test_a_cursor_nobody_made_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode_cursor(text, [int])
    assert caught.value.field == "cursor"
