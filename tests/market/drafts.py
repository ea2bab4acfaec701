"""Ads to test with."""

from typing import Any

from fairboard.market.services.drafts import Draft

BERLIN = "de/berlin"


def bicycle(**changes: Any) -> Draft:
    """A bicycle in Berlin for 120 euros."""
    values: dict[str, Any] = {
        "title": "Red city bicycle",
        "body": "A comfortable bicycle with 28 inch wheels, serviced last month.",
        "category": "vehicles/bicycles",
        "place": BERLIN,
        "price": "120",
        "attributes": {},
    }
    return Draft(**{**values, **changes})


def hidden_number(**changes: Any) -> Draft:
    """An ad the gate holds: a telephone number in disguise."""
    body = "Good condition. Call five five five, two one two, nine zero three four."
    return bicycle(title="Blue bicycle", body=body, **changes)


def prohibited(**changes: Any) -> Draft:
    """An ad the gate refuses, in the terms of its policy pack."""
    return bicycle(title="Escort service", body="Escort service, every day of the week.", **changes)
