"""Telling a genuine webhook from a forged one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """What a webhook says. ``id`` is the same when it is sent again: remember it to act once."""

    id: str
    type: str
    timestamp: datetime
    data: Mapping[str, Any]


def verify_webhook(body: bytes, headers: Mapping[str, str], secret: str) -> WebhookEvent:
    """The event of a request whose signature is right and at most five minutes old.

    Raises standardwebhooks.WebhookVerificationError for any other. ``body`` is what came, byte for byte.
    """
    plain = {key.lower(): value for key, value in headers.items()}
    found = Webhook(secret).verify(body, plain)
    return WebhookEvent(plain["webhook-id"], found["type"], datetime.fromisoformat(found["timestamp"]), found["data"])
