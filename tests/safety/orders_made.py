"""Orders to test with."""

from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.safety.services.order_drafts import OrderDraft
from fairboard.safety.services.orders import receive, take_step


def draft(at: datetime, **changes: Any) -> OrderDraft:
    """A court's order, complete but for what it is about."""
    values: dict[str, Any] = {
        "kind": "information", "authority": "District court of Berlin", "country": "DE", "received_at": at,
        "received_how": "mail", "subjects": "", "legal_basis": "Section 100j StPO", "reference": "12 Gs 345/26",
        "contact": "court@example.org",
    }  # fmt: skip
    return OrderDraft(**{**values, **changes})


def verified(actor: Actor, at: datetime, **changes: Any) -> str:
    """The id of an order that was entered and verified."""
    order_id = receive(draft=draft(at, **changes), actor=actor, at=at)
    take_step(order_id=order_id, step="verify", text="", actor=actor, at=at)
    return order_id
