"""What the talk room listens to: decisions of the desk on messages."""

from typing import Any

from django.dispatch import receiver

from fairboard.kit.actors import Actor
from fairboard.safety import registry
from fairboard.safety.signals import decision_made
from fairboard.talk.queries.relay import describe
from fairboard.talk.services import messages


class MessageHandler:
    """How the desk asks about messages."""

    describe = staticmethod(describe)


registry.register("message", MessageHandler())


@receiver(decision_made)
def carry_out(sender: object, *, decision: Any, **rest: Any) -> None:
    """Deliver or hide the message a decision is about, in the decision's transaction."""
    if decision.subject_kind == "message":
        messages.decide(
            message_id=decision.subject_id,
            outcome=decision.outcome,
            actor=Actor.system("desk"),
            at=decision.at,
        )
