"""What the duties listen to, and their part of the gate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from fairboard.safety import parts
from fairboard.safety.queries.takedowns import known_many
from fairboard.safety.services.takedowns import forget
from fairboard.safety.signals import decision_made


def look(requests: Sequence[parts.Request], at: datetime) -> list[parts.Context]:
    """``match.takedown``: how many photos of each request were taken down at the wish of somebody shown."""
    counts = known_many([(one.photos, one.photo_hashes) for one in requests])
    return [{"match": {"takedown": count}} for count in counts]


parts.register(parts.Part("takedown", look))


@receiver(decision_made)
def forget_photos(sender: object, *, decision: Any, **rest: Any) -> None:
    """What is allowed after all is not a known intimate image any more, in the decision's transaction."""
    if decision.outcome == "allow":
        forget(subject_kind=decision.subject_kind, subject_id=decision.subject_id)
