"""Requests to take down an image, to test with."""

from typing import Any

from fairboard.safety.services.takedowns import TakedownDraft


def asking(**changes: Any) -> TakedownDraft:
    """A complete request by the person shown."""
    values: dict[str, Any] = {
        "name": "Kim Doe", "depicted": "Kim Doe", "contact": "kim@example.org", "location": "somewhere here",
        "statement": "I never agreed that this picture is shown to anybody.", "signature": "Kim Doe",
        "in_good_faith": True,
    }  # fmt: skip
    return TakedownDraft(**{**values, **changes})
