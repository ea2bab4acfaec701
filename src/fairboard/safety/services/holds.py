"""Legal holds: placed for a report, an order or evidence; released by a person or by their term."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.problems import NotFound
from fairboard.ledger.services import Subject, record
from fairboard.safety import events
from fairboard.safety.models import Hold


def place(
    *, subject_kind: str, subject_id: str, reason: str, source_kind: str, source_id: str, actor: Actor, at: datetime,
    until: datetime | None = None,
) -> str:  # fmt: skip
    """Put the data of a member or a subject out of reach of erasure; returns the hold's public id.

    The caller has checked that the actor may. The same source holds the same subject once.
    """
    with transaction.atomic():
        hold, is_new = Hold.objects.get_or_create(
            subject_kind=subject_kind, subject_id=subject_id, source_kind=source_kind, source_id=source_id,
            released_at=None, defaults={"reason": reason[:300], "placed_by": actor.id, "at": at, "until": until},
        )  # fmt: skip
        if is_new:
            record(
                kind=events.HELD, subject=Subject(subject_kind, subject_id), actor=actor, at=at,
                data={"hold": hold.public_id, "source": source_kind, "source_id": source_id, "until": until},
            )  # fmt: skip
    return hold.public_id


def release(*, hold_id: str, actor: Actor, at: datetime) -> None:
    """End a hold; what it kept may be erased again. Raises NotFound for one that is unknown or released."""
    with transaction.atomic():
        hold = Hold.objects.select_for_update().filter(public_id=hold_id, released_at__isnull=True).first()
        if hold is None:
            raise NotFound(_("There is no such hold."))
        hold.released_at = at
        hold.save(update_fields=["released_at"])
        record(
            kind=events.RELEASED, subject=Subject(hold.subject_kind, hold.subject_id), actor=actor, at=at,
            data={"hold": hold.public_id},
        )  # fmt: skip
